// The console: signs in, switches views, and handles keys.

import { address, byId, duration, el, setText } from "./page.js";
import { model, poll, setToken, start, token } from "./process.js";
import { disableAll, undo } from "./steering.js";
import "./groups.js";
import { showFleet } from "./fleet.js";
import { showLevels } from "./levels.js";
import { goToError, goToMark, pause, showTail } from "./tail.js";
import { mark } from "./record_list.js";
import { showChanges, showHandlers } from "./lists.js";

const views = {
	levels: showLevels,
	tail: showTail,
	handlers: showHandlers,
	changes: showChanges,
	fleet: showFleet,
};
const links = [...document.querySelectorAll("nav a")];
const signIn = byId("sign-in");

const openHelp = () => byId("help").showModal();
const inTail = (action) => () => byId("tail").hidden || action();
const keys = {
	"/": [() => byId(byId("tail").hidden ? "filter" : "search").focus(), "Go to the filter"],
	u: [undo, "Undo the last change"],
	e: [inTail(() => goToError(1)), "Next error in the tail"],
	E: [inTail(() => goToError(-1)), "Previous error"],
	m: [inTail(mark), "Mark the record, or unmark it"],
	n: [inTail(() => goToMark(1)), "Next mark"],
	N: [inTail(() => goToMark(-1)), "Previous mark"],
	p: [inTail(pause), "Pause the tail, or go on"],
	w: [inTail(() => byId("wrap").click()), "Wrap the lines of the tail"],
	"?": [openHelp, "This help"],
};

links.forEach((link, index) => {
	const go = () => link.hidden || address.set({ view: link.dataset.view });
	keys[index + 1] = [go, link.textContent];
	link.onclick = (event) => {
		event.preventDefault();
		go();
	};
});

function showView() {
	const view = Object.hasOwn(views, address.get("view")) ? address.get("view") : "levels";
	for (const link of links) {
		const isCurrent = link.dataset.view === view;
		link.ariaCurrent = isCurrent ? "page" : null;
		byId(link.dataset.view).hidden = !isCurrent;
	}
	views[view]();
}

function showStatus() {
	const { name = "", pid, started, disableAll: isOff } = model.status;
	const connection = byId("connection");
	const up = duration(Date.now() - Date.parse(started));
	setText(connection, model.isReachable ? `pid ${pid}, up ${up}` : "not reachable, trying again");
	connection.classList.toggle("failed", !model.isReachable);
	setText(byId("process"), name);
	document.title = `${name} – logtree`;
	byId("all-off").ariaPressed = Boolean(isOff);
	if (signIn.open && model.isReachable) {
		signIn.close();
		showView();
	}
}

const sayAtSignIn = (text) => setText(signIn.querySelector(".failed"), text);

// Asks for the token, also when that of another start is no longer accepted.
function askToken() {
	if (signIn.open) return;
	sayAtSignIn(token ? "The token is not valid any more" : "");
	signIn.showModal();
}

signIn.onsubmit = async (event) => {
	event.preventDefault();
	setToken(signIn.querySelector("input").value.trim());
	if (await poll()) sayAtSignIn("This token is not accepted");
};

addEventListener("keydown", (event) => {
	const isTyping = event.target.matches("input:not([type=checkbox]), select");
	const hasModifier = event.ctrlKey || event.altKey || event.metaKey;
	const isOff = address.get("keys") || document.querySelector("dialog[open]");
	if (isTyping || hasModifier || isOff || !Object.hasOwn(keys, event.key)) return;
	event.preventDefault();
	keys[event.key][0]();
});
for (const [key, [, what]] of Object.entries(keys)) {
	byId("keys").append(el("dt", {}, key), el("dd", {}, what));
}
byId("open-help").onclick = openHelp;
byId("all-off").onclick = () => disableAll(!model.status.disableAll);
signIn.oncancel = (event) => event.preventDefault();
model.addEventListener("change", showStatus);
model.addEventListener("refused", askToken);

const given = address.takeToken();
if (given) setToken(given);
address.watch(showView);
start();
