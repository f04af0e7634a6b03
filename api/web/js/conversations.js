// Conversations, kept by this browser only.

const PLACE = "conversations";
const FORGOTTEN = "forgotten"; // ids of conversations that were deleted: other tabs may still show them
const KEPT = 50;
const REMEMBERED = 200; // deleted ids

export function load() {
  return list(PLACE).filter((each) => each?.id && Array.isArray(each.turns));
}

function list(place) {
  try {
    const all = JSON.parse(localStorage.getItem(place) ?? "[]");
    return Array.isArray(all) ? all : [];
  } catch {
    return []; // unreadable: someone else's or half written
  }
}

/** Delete a conversation, for the other tabs too; gives those that are left. */
export function forget(id) {
  const left = load().filter((each) => each.id !== id);
  try {
    localStorage.setItem(FORGOTTEN, JSON.stringify([id, ...list(FORGOTTEN)].slice(0, REMEMBERED)));
  } catch {
    // no room: it is gone from this tab all the same
  }
  save(left);
  return left;
}

/** Undo `forget`: back at its place in the list; gives them all. */
export function recall(conversation, place) {
  const all = load();
  all.splice(place, 0, conversation);
  localStorage.setItem(FORGOTTEN, JSON.stringify(list(FORGOTTEN).filter((id) => id !== conversation.id)));
  save(all);
  return all;
}

export function isForgotten(id) {
  return list(FORGOTTEN).includes(id);
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
