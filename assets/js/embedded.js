// What a booking page in a frame tells the page around it: that it is there, how high it is, that a booking is made, that
// Escape was pressed. Nothing of whoever books. Who may frame it stands in its policy, so nobody else hears this.
(() => {
  if (parent === window) return;
  const root = document.documentElement;
  const tell = (harmony, more) => parent.postMessage({ harmony, ...more }, "*");
  // A part of a page that was asked for stays where it was.
  tell(location.hash ? "part" : "page");
  new ResizeObserver(() => tell("height", { height: Math.ceil(root.getBoundingClientRect().height) })).observe(root);
  document.addEventListener("keydown", event => event.key === "Escape" && !event.defaultPrevented && tell("escape"));
  // Once, not when the page is loaded again.
  const [arrival] = performance.getEntriesByType("navigation");
  if (document.querySelector("[data-booked]") && arrival?.type === "navigate") tell("booked");
  // A deposit is paid in another tab: whoever comes back sees how it went.
  if (document.querySelector("[data-held]")) document.addEventListener("visibilitychange", () => document.hidden || location.replace(location.href));
})();
