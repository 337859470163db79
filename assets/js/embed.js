// The booking pages of a tenant on another site, in a frame where this script stands:
//   <script src="https://…/embed.js" data-tenant="…" async></script>
// data-service: its times at once. data-lang: "fr" or "en", else as the page around it. data-theme: "light", "dark" or
// "auto", else light where the page around it is never dark. data-mode="button": in a dialog that a button opens, which
// says data-label and is styled by ::part(button).
// A booking that is made is told by the event "harmony:booked", which bubbles; its detail is the tenant.
(() => {
  const script = document.currentScript;
  if (!script || !script.dataset.tenant) return;
  const { tenant, service, mode, label } = script.dataset;
  const origin = new URL(script.src).origin;
  const root = document.documentElement;

  const known = name => ["fr", "en"].find(lang => (name || "").toLowerCase().startsWith(lang));
  const lang = known(script.dataset.lang) || known(root.lang);
  const words = {
    fr: { book: "Prendre rendez-vous", close: "Fermer" },
    en: { book: "Book an appointment", close: "Close" },
  }[lang || known(navigator.language) || "en"];
  const schemes = `${getComputedStyle(root).colorScheme} ${(document.querySelector("meta[name=color-scheme]") || {}).content}`;
  const theme = script.dataset.theme || (schemes.includes("dark") ? "auto" : "light");

  const url = new URL(`/embed/${encodeURIComponent(tenant)}/book`, origin);
  for (const [name, value] of [["service_id", service], ["lang", lang], ["theme", theme !== "auto" && theme]]) if (value) url.searchParams.set(name, value);

  // Nothing of the page's own style gets in, and nothing of ours out.
  const make = (name, more, ...children) => {
    const element = Object.assign(document.createElement(name), more);
    element.append(...children);
    return element;
  };
  const place = make("div", { className: "harmony-booking" });
  const shadow = place.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block }
    iframe { display: block; width: 100%; height: 36rem; border: 0; border-radius: 16px }
    [hidden] { display: none }
    .open { font: inherit; font-weight: 600; min-height: 2.75rem; padding: .6rem 1.25rem; border: 0; border-radius: 12px; background: #1c1b1a; color: #fff; cursor: pointer }
    button:focus-visible { outline: 3px solid #5b9dff; outline-offset: 2px }
    dialog { width: min(60rem, 100vw - 2rem); max-width: none; max-height: none; padding: 0; border: 0; border-radius: 16px; overflow: hidden; background: #faf9f7; color: #1c1b1a; box-shadow: 0 24px 64px rgb(0 0 0 / .3) }
    dialog.dark { background: #121211; color: #ededeb }
    dialog::backdrop { background: rgb(18 18 17 / .55) }
    header { display: flex; justify-content: flex-end }
    .close { width: 2.75rem; height: 2.75rem; border: 0; border-radius: 12px; background: none; color: inherit; font: 1.5rem/1 system-ui, sans-serif; cursor: pointer }
    dialog iframe { max-height: calc(100dvh - 5rem); border-radius: 0 }
    @media (width <= 40rem) { dialog { width: 100vw; height: 100dvh; margin: 0; border-radius: 0 } dialog iframe { max-height: none; height: calc(100dvh - 2.75rem) !important } }
    @media (prefers-color-scheme: dark) { dialog.auto { background: #121211; color: #ededeb } }`);
  shadow.adoptedStyleSheets = [sheet];
  script.after(place);

  const frame = make("iframe", { title: words.book, loading: "lazy", allow: "payment" });
  // Where the frame stays empty, as on a site that its tenant has not named, a link leads to the same pages.
  const link = make("a", { href: new URL(`/${encodeURIComponent(tenant)}/book`, origin).href, target: "_blank", textContent: words.book, hidden: true });
  let pages = 0;
  frame.addEventListener("load", () => setTimeout(() => {
    if (pages) return;
    console.warn(`Harmony: ${location.origin} may not show the booking pages of ${tenant}. Its owner names the websites that may, in the settings.`);
    frame.hidden = !(link.hidden = false);
  }, 4000));

  const dialog = make("dialog", { className: theme, ariaLabel: words.book });
  let isBooked = false;
  addEventListener("message", event => {
    if (event.source !== frame.contentWindow || event.origin !== origin || !event.data) return;
    const { harmony, height } = event.data;
    if (harmony === "page" || harmony === "part") {
      frame.hidden = !(link.hidden = true);
      // The next step begins at its top.
      if (pages++ && harmony === "page" && mode !== "button" && place.getBoundingClientRect().top < 0) place.scrollIntoView();
    }
    if (harmony === "height" && height > 0) frame.style.height = `${Math.min(height, 20000)}px`;
    if (harmony === "escape" && dialog.open) dialog.close();
    if (harmony === "booked") {
      isBooked = true;
      place.dispatchEvent(new CustomEvent("harmony:booked", { bubbles: true, detail: { tenant } }));
    }
  });

  if (mode !== "button") {
    frame.src = url.href;
    shadow.append(frame, link);
    return;
  }
  const close = make("button", { className: "close", type: "button", ariaLabel: words.close, textContent: "×" });
  const open = make("button", { className: "open", type: "button", textContent: label || words.book, ariaHasPopup: "dialog" });
  open.part = "button";
  dialog.append(make("header", {}, close), frame, link);
  shadow.append(open, dialog);
  let overflow;
  open.addEventListener("click", () => {
    // Not before it is wanted; after a booking, from the start.
    if (!frame.src || isBooked) frame.src = url.href;
    isBooked = false;
    overflow = root.style.overflow;
    root.style.overflow = "hidden";
    dialog.showModal();
  });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", event => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => { root.style.overflow = overflow; });
})();
