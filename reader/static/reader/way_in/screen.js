// The screen that a monitor check was made on, as far as a browser knows it.

const KEY = (assignment) => `lungstudy:screen:${assignment}`;

export function factsOfScreen() {
  return {
    screen_width: window.screen.width,
    screen_height: window.screen.height,
    window_width: window.innerWidth,
    window_height: window.innerHeight,
    pixel_ratio: window.devicePixelRatio,
    colour_depth: window.screen.colorDepth,
  };
}

// A turned telephone is still the same screen.
function nameOfScreen() {
  const { width, height, colorDepth } = window.screen;
  return [Math.max(width, height), Math.min(width, height), colorDepth].join("x");
}

export function rememberScreen(assignment) {
  try {
    window.localStorage.setItem(KEY(assignment), nameOfScreen());
  } catch {
    // Without storage the check is asked once for each browser.
  }
}

export function isAnotherScreen(assignment) {
  try {
    const checked = window.localStorage.getItem(KEY(assignment));
    return checked !== null && checked !== nameOfScreen();
  } catch {
    return false;
  }
}
