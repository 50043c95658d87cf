"use strict";
(() => {
  const N_NONCE = 12;
  const N_ROUNDS = 600000;
  const DAMAGED = "This file is damaged: a byte of it has changed. Ask the sender for a new copy.";
  const WRONG = "These words do not open this copy. Check each word and their order; " +
    "each copy has words of its own.";
  const at = (id) => document.getElementById(id);
  const say = (text) => { at("status").textContent = text; };
  const encoded = (text) => new TextEncoder().encode(text);
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const letters = (content) => btoa(String.fromCharCode(...new Uint8Array(content)));

  const box = at("sealed");
  const sealed = box.textContent;
  box.textContent = "";
  const heads = [...document.querySelectorAll("[data-s]")].map((one) => one.outerHTML);
  const read = [document.compatMode, document.documentElement.lang, ...heads];
  const bound = [...read, document.body.innerHTML].join("\n");
  const cut = sealed.lastIndexOf(".");
  const main = sealed.slice(0, cut);
  const parts = main.split(".");
  const around = encoded(parts[0] + "." + parts[1] + "\n" + bound);
  const how = (content) =>
    ({name: "AES-GCM", iv: content.slice(0, N_NONCE), additionalData: around});

  const check = async () => {
    const digest = await crypto.subtle.digest("SHA-256", encoded(main + "\n" + bound));
    if (letters(digest) !== sealed.slice(cut + 1)) {
      say(DAMAGED);
      return;
    }
    say("Nothing leaves this computer and nothing is kept: the words are asked for each time.");
    at("form").hidden = false;
    at("words").focus();
  };

  const contentKey = async (typed) => {
    const plain = typed.normalize("NFKC").toLowerCase().replaceAll("-", " ");
    const words = encoded(plain.trim().split(/\s+/).join(" "));
    const phrase = await crypto.subtle.importKey("raw", words, "PBKDF2", false, ["deriveKey"]);
    const wrapping = await crypto.subtle.deriveKey(
      {name: "PBKDF2", hash: "SHA-256", salt: bytes(parts[1]), iterations: N_ROUNDS},
      phrase, {name: "AES-GCM", length: 256}, false, ["unwrapKey"]);
    const wrapped = bytes(parts[2]);
    return crypto.subtle.unwrapKey(
      "raw", wrapped.slice(N_NONCE), wrapping, how(wrapped), "AES-GCM", false, ["decrypt"]);
  };

  const content = async (key) => {
    const closed = bytes(parts[3]);
    const packed = await crypto.subtle.decrypt(how(closed), key, closed.slice(N_NONCE));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  };

  const sheet = (text) => {
    const made = new CSSStyleSheet();
    made.replaceSync(text);
    return made;
  };

  const run = (text) => {
    const script = document.createElement("script");
    script.textContent = text;
    document.body.append(script);
  };

  const show = (brief) => {
    document.querySelectorAll("style").forEach((style) => style.remove());
    document.adoptedStyleSheets = brief.styles.map(sheet);
    document.title = brief.title;
    document.body.innerHTML = brief.body;
    document.body.classList.toggle("bare", !window.CSSMarginRule);
    brief.scripts.forEach(run);
    const top = document.querySelector("main");
    top.tabIndex = -1;
    top.focus({preventScroll: true});
  };

  const refuse = (text) => {
    say(text);
    at("open").disabled = false;
    at("words").setAttribute("aria-invalid", "true");
    at("words").focus();
  };

  const open = async (event) => {
    event.preventDefault();
    say("Opening …");
    at("open").disabled = true;
    let key;
    try {
      key = await contentKey(at("words").value);
    } catch {
      refuse(WRONG);
      return;
    }
    at("words").value = "";
    try {
      show(await content(key));
    } catch {
      refuse(DAMAGED);
    }
  };

  if (!(window.crypto && crypto.subtle)) {
    say("A browser opens sealed pages from a file or over https, and this page came over " +
      "plain http. Save the file and open it from your disk.");
  } else if (!(window.DecompressionStream && document.adoptedStyleSheets)) {
    say("This browser is too old to open a sealed brief. Use a current one: Chrome or Edge " +
      "103, Firefox 113, Safari 16.4, or newer.");
  } else {
    at("form").addEventListener("submit", open);
    at("show").addEventListener("change", (event) => {
      at("words").type = event.target.checked ? "text" : "password";
    });
    check();
  }
})();
