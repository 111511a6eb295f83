// Questions to the server. Everything that goes wrong becomes a Refusal with sentences for people.

import { say } from "./texts.js";

const MOST_RETRIES = 4;

class Refusal extends Error {
  constructor(problems, status) {
    super(problems.join(" "));
    this.problems = problems;
    this.status = status;
  }
}

async function refusalOf(response) {
  let problems = [];
  try {
    problems = (await response.json()).problems ?? [];
  } catch {
    // An answer that is no JSON says nothing for people.
  }
  if (!problems.length) problems = [say("lab.refused", { status: response.status })];
  return new Refusal(problems, response.status);
}

async function asked(path, options, retries = 0) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal([say("lab.noServer")], 0);
  }
  if (response.ok) return response;
  const wait = Number(response.headers.get("Retry-After"));
  if (!wait || retries >= MOST_RETRIES) throw await refusalOf(response);
  await new Promise((resolve) => setTimeout(resolve, 1000 * wait)); // too many ask at once
  return asked(path, options, retries + 1);
}

async function askBytes(path, values, signal) {
  const query = new URLSearchParams(values);
  return (await asked(`${path}?${query}`, { signal })).arrayBuffer();
}

export async function askJson(path, values = {}) {
  const query = new URLSearchParams(values).toString();
  return (await asked(query ? `${path}?${query}` : path)).json();
}

export async function postText(path, text, type) {
  return (await asked(path, { method: "POST", body: text, headers: { "Content-Type": type } })).json();
}

export async function postJson(path, value) {
  const headers = { "Content-Type": "application/json" };
  return asked(path, { method: "POST", body: JSON.stringify(value), headers });
}

export function history(ask) {
  return askBytes("/api/history", { ask: JSON.stringify(ask) });
}

export function ensemble(ask, first, count, signal) {
  const { world: _, ...all } = ask;
  return askBytes("/api/ensemble", { ask: JSON.stringify(all), first, count }, signal);
}

export function autopsy(ask, alliance) {
  return askJson("/api/autopsy", { ask: JSON.stringify(ask), alliance });
}

export function firm(ask, seat, quarter) {
  return askJson("/api/firm", { ask: JSON.stringify(ask), seat, quarter });
}

export function telling(ask) {
  return askJson("/api/telling", { ask: JSON.stringify(ask) });
}
