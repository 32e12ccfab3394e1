// Tells the server once what screen this visit is seen on.

export async function tellOfSitting({ url, csrfToken, session }) {
  const told = {
    key: crypto.randomUUID(), session,
    screen_width: window.screen.width, screen_height: window.screen.height,
    window_width: window.innerWidth, window_height: window.innerHeight,
    pixel_ratio: window.devicePixelRatio, colour_depth: window.screen.colorDepth,
  };
  const options = { method: "POST", body: new URLSearchParams(told), headers: { "X-CSRFToken": csrfToken }, redirect: "manual" };
  // An answer that nobody reads would keep its connection.
  const post = () => fetch(url, options).then((response) => response.text());
  // Without a network it is told when there is one; the key makes telling it twice one row.
  await post().catch(() => window.addEventListener("online", () => post().catch(() => {}), { once: true }));
}
