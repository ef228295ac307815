// What is measured, in Node and in a browser alike: loading, and assessing people one after the other.
import { load } from "./algos.js";

/** Milliseconds of each run, sorted. */
const sorted = (times) => [...times].sort((left, right) => left - right);
const median = (times) => sorted(times)[Math.floor(times.length / 2)];

/** Time a function on every person, after one pass over all of them; `check` looks at each answer first. */
export function each(people, evaluate, check) {
  people.forEach((person, at) => check(evaluate(person), at));
  const times = people.map((person) => {
    const began = performance.now();
    evaluate(person);
    return performance.now() - began;
  });
  return { median: median(times), slowest: Math.max(...times) };
}

/** Load as often as asked: the first time, in which nothing is compiled yet, and the median of the others. */
export async function loading(place, options, rounds) {
  const times = [];
  let algos;
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    algos = await load(place, options);
    times.push(performance.now() - began);
  }
  return { algos, first: times[0], median: median(times.slice(1)) };
}

/** Browsers round their clock: a batch of a hundred people is one measurement there. */
export function batches(people, evaluate) {
  people.forEach((person) => evaluate(person));
  const times = [];
  for (let round = 0; round < 15; round++) {
    const began = performance.now();
    for (const person of people) evaluate(person);
    times.push((performance.now() - began) / people.length);
  }
  return { median: median(times), slowest: Math.max(...times) };
}
