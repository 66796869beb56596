// The views of handlers and of changes.

import { byId, count, el, row, say } from "./page.js";
import { POLL, request } from "./process.js";

// What did not change stays in place, with the selection and the reader's position.
export function fill(body, elements) {
	elements.forEach((one, index) => {
		const old = body.children[index];
		if (!old) body.append(one);
		else if (!old.isEqualNode(one)) old.replaceWith(one);
	});
	while (body.children.length > elements.length) body.lastElementChild.remove();
}

function list(view, path, rowOf) {
	const body = byId(view).querySelector("tbody");
	const show = async () => {
		if (byId(view).hidden) return;
		try {
			// The newest change first; the order of handlers means nothing.
			const entries = (await request("GET", path))[view].reverse();
			fill(body, entries.map(rowOf));
		} catch (error) {
			say(error.message, true);
		}
	};
	setInterval(() => document.hidden || show(), POLL);
	return show;
}

const bad = (text) => (text ? el("span", { className: "failed" }, text) : "none");

export const showHandlers = list("handlers", "/v1/handlers", (handler) => {
	const { name, kind, level, accepted, written, queued, suppressed, dropped, lastError } = handler;
	const reasons = Object.entries(dropped).map(([why, lost]) => `${count(lost)} dropped: ${why}`);
	const limited = Object.values(suppressed).flatMap(Object.entries);
	const quiet = limited.map(([of, number]) => `${count(number)} ${of}`).join(", ") || "none";
	const label = el("span", {}, el("b", {}, name ?? "(no name)"), ` ${kind}`);
	const numbers = [accepted, written, queued].map(count);
	return row(label, level, ...numbers, quiet, bad(reasons.join(", ")), bad(lastError?.message));
});

/** What was changed, before and after. */
function difference({ target, type, old, new: now, until, disableAll, group, members, role }) {
	if (target !== null) {
		const what = `${type === "LOGGER" ? "" : `${type} `}${target}`;
		return [what, old ?? "inherited", `${now ?? "inherited"}${until ? ` until ${until}` : ""}`];
	}
	if (group !== null) return [`group ${group}`, "", members.join(", ")];
	if (role !== null) return ["role", "", role];
	return ["all logging", ...(disableAll ? ["on", "off"] : ["off", "on"])];
}

export const showChanges = list("changes", "/v1/audit", (change) => {
	const { time, origin, revision } = change;
	return row(new Date(time).toLocaleString(), ...difference(change), origin, revision);
});
