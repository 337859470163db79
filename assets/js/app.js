// What a script adds to the dashboard. Everything works without it.
(() => {
  const $ = selector => document.querySelector(selector), $$ = selector => document.querySelectorAll(selector);

  // ---- Copying; where a browser does not let us, the text is chosen to be copied by hand.
  document.addEventListener("click", async event => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return getSelection().selectAllChildren(button.previousElementSibling);
    }
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.dataset.toast = "";
    toast.textContent = button.dataset.copied;
    $("#toasts").replaceChildren(toast);
  });

  // ---- Menus close by Escape and by a click elsewhere.
  document.addEventListener("click", event => $$("details.menu[open]").forEach(menu => menu.contains(event.target) || (menu.open = false)));
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    $$("details.menu[open]").forEach(menu => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // ---- Keys. Single letters can be switched off (WCAG 2.1.4).
  const keys = $("[data-keys-switch]");
  if (keys) {
    keys.checked = localStorage.getItem("keys") !== "off";
    keys.addEventListener("change", () => localStorage.setItem("keys", keys.checked ? "on" : "off"));
  }
  const go = selector => { const link = $(selector); if (link) link.click(); return !!link; };
  document.addEventListener("keydown", event => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      const dialog = $("#search");
      if (dialog) dialog.open || dialog.showModal(); else $("#q")?.focus();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input,textarea,select,[contenteditable],dialog")) return;
    if (event.key === "?") return $("#keys")?.showModal();
    if (keys && !keys.checked) return;
    const acted = { n: () => go("[data-key=n],.fab"), d: () => go("[data-key=d]"), w: () => go("[data-key=w]"), m: () => go("[data-key=m]"), l: () => go("[data-key=l]"), c: () => go("#nav a[href='/app/calendar']"), b: () => go("#nav a[href='/app/bookings']"), t: () => go("[data-key=t]"), ArrowLeft: () => go("[data-key=previous]"), ArrowRight: () => go("[data-key=next]"), "/": () => { $("#q")?.focus(); return true; } }[event.key]?.();
    if (acted) event.preventDefault();
  });

  // ---- What chooses sends itself: the date and the person of the calendar, the filters of a list, what a form shows again.
  $$("[data-submit]").forEach(input => {
    const button = input.form.querySelector("button");
    if (button) button.hidden = true;
    input.addEventListener("change", () => input.checkValidity() && input.form.requestSubmit());
  });
  $$("[data-filters] select").forEach(select => select.addEventListener("change", () => select.form.requestSubmit()));
  const refreshed = event => {
    const name = event.target.name, form = event.target.form;
    if (name && form) form.querySelectorAll("[data-refresh]").forEach(button => button.dataset.refresh.split(" ").includes(name) && button.click());
  };
  document.addEventListener("change", refreshed);

  // ---- The calendar begins where the day is; the line of the time that it is goes on.
  const board = $("#grid-scroll");
  if (board) {
    const first = $(".ev.sel") ?? $("#now") ?? $(".ev");
    if (first) board.scrollTop = Math.max(0, first.getBoundingClientRect().top - board.getBoundingClientRect().top - board.clientHeight / 3);
  }
  const tick = () => {
    const lane = $("#now"), time = $("#nowtime"), grid = $("#grid");
    if (!lane || !time) return;
    const now = new Date(), zone = grid.dataset.zone, parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(now);
    const [hour, minute] = parts.split(":").map(Number), row = Math.floor((hour * 60 + minute - grid.dataset.start) / 5) + 1;
    time.textContent = parts;
    for (const mark of [lane, time]) mark.className = mark.className.replace(/\br-\d+\b/, `r-${row}`);
  };
  tick();
  setInterval(tick, 20000);
  document.addEventListener("htmx:after:swap", tick);

  // ---- The stream says that something has changed: a page that follows asks for itself again, but not before what
  // somebody types is sent or gone; of any other only the counter beside its menu.
  let asking = false, again = false;
  const isTyped = () => !!$(".drag, .choose") || [...$$("#main textarea, #main input:not([type=radio], [type=checkbox], [type=hidden])")].some(input => input.value !== input.defaultValue);
  const look = async () => {
    const follows = $("#main[data-live]");
    again = true;
    // The console has no counter, and a page of it that asks something is left as it is.
    if (asking || follows && isTyped() || !follows && !$("#pending")) return;
    asking = true;
    again = false;
    try {
      const asked = follows
        ? htmx.ajax("GET", location.href, { target: "#main", select: "#main", selectOOB: $("#pending") ? "#pending:outerMorph" : undefined, swap: "outerMorph" })
        : htmx.ajax("GET", "/app/search", { target: "#pending", select: "#pending", swap: "outerMorph" });
      // An answer that never comes holds up none of the next.
      await Promise.race([asked, new Promise(done => setTimeout(done, 10_000))]);
    } finally {
      asking = false;
    }
    if (again) look();
  };
  for (const type of ["change", "focusout"]) document.addEventListener(type, () => again && look());
  document.addEventListener("changes", look);

  // ---- Escape closes what is open beside the calendar.
  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && !$("dialog[open], details.menu[open]")) $("[data-key=close]")?.click();
  });

  // ---- The stream: after five seconds without it, a dot says so.
  let lost;
  document.addEventListener("htmx:sse:error", () => lost ??= setTimeout(() => $("#offline")?.removeAttribute("hidden"), 5000));
  document.addEventListener("htmx:sse:after:connection", () => { clearTimeout(lost); lost = undefined; $("#offline")?.setAttribute("hidden", ""); });
})();
