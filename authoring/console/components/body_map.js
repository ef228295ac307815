// `bodyMap` of frontends/assessment/body_map.js stands before this.
//
// In the console: the browser owns the answer, and the server's replaces it only once it has heard the last press.

const UNHEARD = 3000; // milliseconds
const mounted = new WeakMap();

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  let one = mounted.get(parentElement);
  if (!one || one.about !== data.about) {
    one?.leave();
    one = mount(parentElement.querySelector("[data-part=map]"), data);
    mounted.set(parentElement, one);
  }
  one.update(data, setStateValue);
  return () => {
    mounted.get(parentElement)?.leave();
    mounted.delete(parentElement);
  };
}

function mount(place, first) {
  const token = Math.random().toString(36).slice(2);
  let presses = 0;
  let send = () => {};
  let timer;
  const map = bodyMap(place, first, (answer) => {
    presses += 1;
    tell(answer);
  });

  function tell(answer) {
    send({ ...answer, token, presses });
    clearTimeout(timer);
    timer = setTimeout(() => tell(map.read()), UNHEARD); // a server that was started again has not heard it
  }

  function update(data, setStateValue) {
    send = (answer) => setStateValue("answer", answer);
    const heard = presses === 0 || (data.heard?.token === token && data.heard.presses === presses);
    if (!heard) return; // what was pressed since is on its way
    clearTimeout(timer);
    map.show(data.answer, data.first);
  }

  const leave = () => clearTimeout(timer);
  return { about: first.about, update, leave };
}
