// Records over time, by level.

import { count, duration, plural } from "./page.js";
import { tone } from "./process.js";

const BINS = 60;
const HEIGHT = 40;
const SVG = "http://www.w3.org/2000/svg";

export function draw(svg, entries) {
	const records = entries.filter((entry) => !entry.notice);
	const [first, last] = [0, -1].map((at) => records.at(at)?.time ?? 0);
	// In seconds, doubled as needed. The last record may be older than the first.
	const step = 1000 * 2 ** Math.ceil(Math.log2(Math.max(1, (last - first) / 1000 / (BINS - 1))));
	const start = (Math.floor(last / step) + 1 - BINS) * step;
	const bins = Array.from({ length: BINS }, () => new Map());
	for (const { time, number } of records) {
		const bin = bins[Math.floor((time - start) / step)];
		bin?.set(number, (bin.get(number) ?? 0) + 1);
	}
	const sums = bins.map((bin) => sum(bin.values()));
	const most = Math.max(...sums);
	const bars = bins.flatMap((bin, index) => {
		let top = HEIGHT;
		// The most severe at the bottom, where their heights compare best.
		const levels = [...bin].sort(([a], [b]) => b - a);
		return levels.map(([number, amount]) => {
			const height = (amount / most) * HEIGHT;
			top -= height;
			const bar = document.createElementNS(SVG, "rect");
			const place = { x: index * 2, y: top, width: 1.7, height, class: tone(number) };
			for (const [name, value] of Object.entries(place)) bar.setAttribute(name, value);
			return bar;
		});
	});
	svg.replaceChildren(...bars);
	const [span, each] = [step * BINS, step].map(duration);
	const all = plural(records.length, "record");
	svg.ariaLabel = `${all} in the last ${span}, at most ${count(most)} in ${each}`;
}

const sum = (numbers) => [...numbers].reduce((total, number) => total + number, 0);
