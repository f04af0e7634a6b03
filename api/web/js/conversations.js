// Conversations, kept by this browser only.

const PLACE = "conversations";
const KEPT = 50;

export function load() {
  try {
    const all = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(all) ? all.filter((each) => each?.id && Array.isArray(each.turns)) : [];
  } catch {
    return []; // unreadable: someone else's or half written
  }
}

/** Keep the newest; when the browser's room is full, the oldest go until the rest fits. */
export function save(conversations) {
  let kept = conversations.slice(0, KEPT);
  while (kept.length) {
    try {
      localStorage.setItem(PLACE, JSON.stringify(kept));
      return;
    } catch {
      kept = kept.slice(0, -1);
    }
  }
  localStorage.removeItem(PLACE);
}

/** `conversation` with the turns that another tab has added to it meanwhile, each once, known by its answer. */
export function merged(conversation, stored) {
  const there = stored.find(({ id }) => id === conversation.id)?.turns ?? [];
  const known = new Set(there.map(({ answer }) => answer?.id));
  return { ...conversation, turns: [...there, ...conversation.turns.filter(({ answer }) => !known.has(answer?.id))] };
}

export function begin() {
  return { id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, turns: [] };
}

/** An answer without what can be fetched again: a grounded one needs no hits. */
export function compact(answer) {
  const hits = answer.basis === "grounded" ? [] : (answer.hits ?? []).slice(0, 10).map(({ text: _, ...hit }) => hit);
  return { ...answer, hits };
}

/** The last turns as `/api/ask` wants its `history`. */
export function history(conversation, turns = 6) {
  return conversation.turns
    .filter((turn) => turn.answer)
    .slice(-turns)
    .flatMap(({ question, answer }) => [
      { role: "user", content: question },
      { role: "assistant", content: answer.text },
    ]);
}
