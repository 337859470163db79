// Passkeys (Web Authentication). Without a script, or where the browser has none, there is the password.
(() => {
  const Passkey = window.PublicKeyCredential;
  // They are of one host: under another name of ours there are none.
  const can = host => Passkey && navigator.credentials && location.hostname === host;

  const bytes = text => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), letter => letter.charCodeAt(0));
  const text = buffer => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const known = list => (list ?? []).map(one => ({ ...one, id: bytes(one.id) }));
  // Browsers before 2025 read and write no JSON of these.
  const toCreate = json => Passkey.parseCreationOptionsFromJSON?.(json) ?? {
    ...json, challenge: bytes(json.challenge), user: { ...json.user, id: bytes(json.user.id) }, excludeCredentials: known(json.excludeCredentials),
  };
  const toGet = json => Passkey.parseRequestOptionsFromJSON?.(json) ?? {
    ...json, challenge: bytes(json.challenge), allowCredentials: known(json.allowCredentials),
  };
  const toJson = ({ id, rawId, type, response }) => ({
    id, rawId: text(rawId), type,
    response: Object.fromEntries(["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].map(name => [name, text(response[name])])),
  });

  // What takes a script is shown by it, or else why it is not there.
  document.querySelectorAll("[data-passkey-host]").forEach(part => {
    const there = can(part.dataset.passkeyHost);
    part.hidden = !there;
    document.querySelectorAll("[data-passkey-none]").forEach(told => { told.hidden = there; });
  });

  document.querySelectorAll("form[data-passkey]").forEach(form => {
    const { passkey: kind, passkeyHost: host, ask, options } = form.dataset;
    if (!can(host)) return;
    const failed = form.querySelector("[data-failed]"), button = form.querySelector("button");

    // One at a time: what was waited for before is over.
    let waits;
    const answer = async mediation => {
      waits?.abort();
      const { signal } = waits = new AbortController();
      let challenge = options && { token: form.elements.token.value, public_key: JSON.parse(options) };
      if (!challenge) {
        const response = await fetch(ask, { method: "POST", signal });
        if (!response.ok) throw new Error(`status ${response.status}`);
        challenge = await response.json();
      }
      const found = kind === "create"
        ? await navigator.credentials.create({ publicKey: toCreate(challenge.public_key), signal })
        : await navigator.credentials.get({ publicKey: toGet(challenge.public_key), signal, mediation });
      form.elements.token.value = challenge.token;
      form.elements.credential.value = JSON.stringify(found.toJSON?.() ?? toJson(found));
      form.submit();
    };

    let busy = false, since = 0, quietly = () => {};
    form.addEventListener("submit", async event => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      failed.hidden = true;
      button.setAttribute("aria-busy", "true");
      try {
        await answer();
      } catch {
        // Stopped, or refused: browsers do not say which.
        failed.hidden = false;
        busy = false;
        since = 0;
        quietly();
      }
      button.removeAttribute("aria-busy");
    });
    addEventListener("pageshow", () => { busy = false; });

    // Where the browser offers passkeys with the addresses it knows, the one field offers both. A challenge is good for five
    // minutes, so a page that stays open asks again.
    if (!ask) return;
    const offer = async () => {
      if (busy || document.hidden || Date.now() - since < 240_000) return;
      since = Date.now();
      if (await Passkey.isConditionalMediationAvailable?.()) await answer("conditional");
    };
    quietly = () => offer().catch(() => {});
    quietly();
    setInterval(quietly, 30_000);
    document.addEventListener("visibilitychange", quietly);
  });
})();
