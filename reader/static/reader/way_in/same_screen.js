// Asks for the monitor check again where the reading room is opened on another screen than the one that was checked.

import { isAnotherScreen } from "./screen.js";

const { assignment, monitor } = document.body.dataset;
if (monitor && isAnotherScreen(assignment)) window.location.replace(monitor);
