// A text field that owns its text and its undo. The server hears of it (version, whole text) a moment after the last
// key; it may replace the text only by sending a newer version. What is not saved yet is journalled in the browser.

const WAIT = 400;
const JOURNAL_WAIT = 120;
const AWAY = 2000;
const UNDO_PAUSE = 700;
const UNDO_STEPS = 200;
const WORD = /[A-Za-z]+(?:['’-][A-Za-z]+)*/g;

// Text that outlives the element: Streamlit takes a field away and puts it back when a tab or a section changes.
const kept = (globalThis.__algosProse ??= new Map());
const mounted = new WeakMap();

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  let field = mounted.get(parentElement);
  if (field && field.name !== data.journal) {
    field.leave();
    field = undefined;
  }
  if (!field) {
    field = mount(parentElement, data);
    mounted.set(parentElement, field);
  }
  field.update(data, setStateValue);
  return () => {
    field.leave();
    mounted.delete(parentElement);
  };
}

function mount(root, first) {
  const $ = (name) => root.querySelector(`[data-part="${name}"]`);
  const [area, mirror, words, told, offer] = ["area", "mirror", "words", "told", "offer"].map($);
  const name = first.journal;
  const own = kept.get(name) ?? start(first);
  kept.set(name, own);
  let data = first;
  let send = () => {};
  let timer;
  let journalTimer;

  area.value = own.text;
  if (!own.offered) {
    own.offered = true;
    const entry = readJournal(name);
    if (entry && entry.text !== own.text && entry.text !== first.saved) own.offer = entry;
    else if (entry && entry.text === first.saved) dropJournal(name);
  }

  function update(next, setStateValue) {
    data = next;
    send = (value) => setStateValue("text", value);
    $("label").textContent = data.label;
    area.setAttribute("aria-label", data.label);
    area.placeholder = data.placeholder ?? "";
    $("help").textContent = data.help ?? "";
    $("help").hidden = !data.help;
    root.querySelector(".prose").classList.toggle("one", Boolean(data.single));
    if (data.version > own.version) take();
    // What the server took from an earlier load of the page need not be offered again.
    if (own.offer && own.offer.text === data.value && own.text === data.value) {
      own.offer = undefined;
      dropJournal(name);
    }
    // A text equal to what is stored needs no journal; one still on its way does.
    if (own.text === data.saved && !own.offer) dropJournal(name);
    // After a restart the server does not know the text that stands here. A run that began before the text was sent
    // does not know it either, and needs to be told nothing.
    own.server = data.value;
    const restarted = own.session !== undefined && own.session !== data.session;
    own.session = data.session;
    if (own.typed && restarted && data.heard !== own.text && timer === undefined) later();
    draw();
  }

  function take() {
    const echo = own.sent.includes(data.value);
    // What the server never took into its form is not thrown away.
    const unheard = own.typed && own.text !== data.value && own.text !== data.taken;
    own.version = data.version;
    if (unheard && data.value === own.server) { // it was something else in the form that the server replaced
      later();
      return;
    }
    if (echo && own.text !== data.value && unheard) return; // our own words coming back while more are being typed
    if (unheard) own.offer = { text: own.text, at: Date.now(), elsewhere: true };
    else if (!own.offer) dropJournal(name);
    replace(data.value);
    own.typed = false;
    own.sent = [];
    clearTimeout(timer);
    timer = undefined;
  }

  function replace(text) {
    if (text === own.text) return;
    remember(true);
    own.text = text;
    area.value = text;
  }

  function remember(always) {
    const now = Date.now();
    if (always || now - own.lastTyped > UNDO_PAUSE) {
      own.undo.push({ text: own.text, at: area.selectionEnd });
      if (own.undo.length > UNDO_STEPS) own.undo.shift();
    }
    own.lastTyped = now;
  }

  function typed() {
    if (area.value === own.text) return;
    if (data.single && /[\r\n]/.test(area.value)) {
      const at = area.selectionEnd;
      area.value = area.value.replace(/\s*[\r\n]+\s*/g, " ");
      area.setSelectionRange(at, at);
    }
    remember(false);
    own.redo = [];
    own.text = area.value;
    changed();
  }

  function changed() {
    own.typed = true;
    draw();
    clearTimeout(journalTimer);
    journalTimer = setTimeout(journal, JOURNAL_WAIT);
    later();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(flush, WAIT);
    told.textContent = "…";
  }

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    if (!own.typed) return;
    own.sent.push(own.text);
    if (own.sent.length > 20) own.sent.shift();
    send({ version: own.version, value: own.text });
    tell();
  }

  function journal() {
    clearTimeout(journalTimer);
    journalTimer = undefined;
    if (own.offer) return; // the older text stays until somebody decides
    if (own.text === data.saved) dropJournal(name);
    else if (own.typed) writeJournal(name, { text: own.text, at: Date.now() });
  }

  function step(from, to) {
    const back = from.pop();
    if (!back) return;
    to.push({ text: own.text, at: area.selectionEnd });
    own.text = back.text;
    own.lastTyped = 0;
    area.value = back.text;
    area.setSelectionRange(back.at, back.at);
    changed();
  }

  function tell() {
    told.textContent = own.text === data.saved ? "" : "Not saved yet";
  }

  function draw() {
    const count = own.text.match(WORD)?.length ?? 0;
    words.textContent = data.single || !count ? "" : `${count} word${count === 1 ? "" : "s"}`;
    if (timer === undefined) tell();
    // Spans were measured on the text that the server had: a sentence that changed since is not marked.
    const spans = [];
    for (const sentence of data.marks) {
      const at = own.text.indexOf(sentence);
      if (at >= 0) spans.push([at, at + sentence.length]);
    }
    spans.sort((one, other) => one[0] - other[0]);
    mirror.replaceChildren();
    let at = 0;
    for (const [begin, end] of spans) {
      if (begin < at) continue;
      const mark = document.createElement("mark");
      mark.textContent = own.text.slice(begin, end);
      mirror.append(own.text.slice(at, begin), mark);
      at = end;
    }
    mirror.append(own.text.slice(at) + "\u200b");
    $("hard").hidden = spans.length === 0;
    offer.hidden = !own.offer;
    area.readOnly = Boolean(own.offer);
    if (own.offer) {
      const time = new Date(own.offer.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      $("why").textContent = own.offer.elsewhere
        ? "You typed this while the text was changed elsewhere:"
        : `You typed this before the reload (${time}), and it is not saved:`;
      $("older").textContent = own.offer.text || "(nothing: you had deleted the text)";
    }
  }

  function keep() {
    const { text } = own.offer;
    own.offer = undefined;
    replace(text);
    changed();
    journal();
    flush();
    area.focus();
  }

  function discard() {
    own.offer = undefined;
    dropJournal(name);
    draw();
    area.focus();
  }

  function keys(event) {
    event.stopPropagation(); // the page's own shortcuts are not meant while somebody writes
    if (data.single && event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      flush();
    }
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "z" || key === "y") {
      event.preventDefault();
      if (area.readOnly) return;
      if (key === "y" || event.shiftKey) step(own.redo, own.undo);
      else step(own.undo, own.redo);
    }
  }

  function history(event) {
    if (event.inputType === "historyUndo" || event.inputType === "historyRedo") {
      event.preventDefault();
      if (event.inputType === "historyUndo") step(own.undo, own.redo);
      else step(own.redo, own.undo);
    }
  }

  // The page may make the field anew while somebody types in it: the caret goes on where it was.
  function refocus() {
    const { writing } = own;
    own.writing = undefined;
    if (!writing || writing.area.isConnected || Date.now() - (writing.left ?? Date.now()) > AWAY) return;
    if (document.activeElement && document.activeElement !== document.body) return;
    area.focus({ preventScroll: true });
    area.setSelectionRange(writing.area.selectionStart, writing.area.selectionEnd);
  }

  function entered() {
    own.writing = { area };
  }

  // Taking a field away also takes its focus, and a browser may tell that like somebody's leaving.
  function left() {
    settle();
    setTimeout(() => {
      if (area.isConnected && own.writing?.area === area) own.writing = undefined;
    });
  }

  function settle() {
    if (journalTimer !== undefined) journal();
    if (timer !== undefined) flush();
  }

  area.addEventListener("input", typed);
  area.addEventListener("focus", entered);
  area.addEventListener("blur", left);
  area.addEventListener("keydown", keys);
  area.addEventListener("beforeinput", history);
  $("keep").addEventListener("click", keep);
  $("discard").addEventListener("click", discard);
  window.addEventListener("pagehide", settle);
  refocus();

  function leave() {
    settle();
    if (own.writing?.area === area) own.writing.left = Date.now();
    window.removeEventListener("pagehide", settle);
    area.removeEventListener("input", typed);
    area.removeEventListener("focus", entered);
    area.removeEventListener("blur", left);
    area.removeEventListener("keydown", keys);
    area.removeEventListener("beforeinput", history);
    $("keep").removeEventListener("click", keep);
    $("discard").removeEventListener("click", discard);
  }

  return { name, update, leave };
}

function start(data) {
  return { text: data.value, version: data.version, typed: false, sent: [], undo: [], redo: [], lastTyped: 0 };
}

// A browser may refuse storage (private windows, full disks): writing goes on without a journal then.
function readJournal(name) {
  try {
    const entry = JSON.parse(localStorage.getItem(name));
    return typeof entry?.text === "string" ? entry : undefined;
  } catch {
    return undefined;
  }
}

function writeJournal(name, entry) {
  try {
    localStorage.setItem(name, JSON.stringify(entry));
  } catch {
    // see above
  }
}

function dropJournal(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // see above
  }
}
