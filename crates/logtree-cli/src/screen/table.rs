//! Rows under a head: [`Table`].

use comfy_table::{Attribute, ContentArrangement, presets};

use crate::screen::cell::Cell;

/// Rows under a head.
pub(crate) struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(crate) fn new<const N: usize>(head: [&'static str; N]) -> Self {
        Self {
            head: head.to_vec(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        self.rows.push(cells.to_vec());
    }

    /// Removes a column.
    pub(crate) fn without(mut self, name: &str) -> Self {
        if let Some(at) = self.head.iter().position(|known| *known == name) {
            self.head.remove(at);
            for row in &mut self.rows {
                row.remove(at);
            }
        }
        self
    }

    /// For a terminal: aligned, wrapped at its width.
    pub(super) fn aligned(self, color: bool) -> String {
        let mut table = comfy_table::Table::new();
        table.load_preset(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        let paint = |cell: comfy_table::Cell, tone| match tone {
            Some(tone) if color => cell.fg(tone),
            _ => cell,
        };
        table.set_header(self.head.iter().map(|name| {
            let cell = comfy_table::Cell::new(name);
            if color {
                cell.add_attribute(Attribute::Bold)
            } else {
                cell
            }
        }));
        for row in self.rows {
            table.add_row(row.into_iter().map(|cell| {
                let tone = cell.tone.color();
                paint(comfy_table::Cell::new(cell.text), tone)
            }));
        }
        if color {
            table.enforce_styling();
        }
        // No space at the beginning and end of lines.
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        table.trim_fmt()
    }

    /// For programs: a line for each row, with tabs in between.
    pub(super) fn tabbed(&self) -> String {
        let mut out = self.head.join("\t");
        for row in &self.rows {
            let cells: Vec<_> = row.iter().map(|cell| &*cell.text).collect();
            out.push('\n');
            out.push_str(&cells.join("\t"));
        }
        out
    }
}
