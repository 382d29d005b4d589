// Reads a JSON-stat file with the toolkit of its makers and writes what it holds:
// a JSON array of [figure, row, column, value, status], last year's columns as the
// CSV names them.
//
// Usage: json_stat_check.cjs TOOLKIT FILE
'use strict';

const [toolkit, file] = process.argv.slice(2);
const JSONstat = require(toolkit);
const collection = JSONstat(JSON.parse(require('fs').readFileSync(file, 'utf8')));
if (collection.class !== 'collection' || !(collection.length > 0)) {
  throw new Error(`${file} is no collection`);
}
const cells = [];
for (let i = 0; i < collection.length; ++i) {
  const set = collection.Dataset(i);
  if (set.class !== 'dataset') throw new Error(`item ${i} is no data set`);
  const [rows, years, measures] = set.id;
  if (set.role.time[0] !== years || set.role.metric[0] !== measures) {
    throw new Error(`${set.label}: roles ${JSON.stringify(set.role)}`);
  }
  const size = set.id.reduce((n, id) => n * set.Dimension(id).length, 1);
  if (size !== set.n) throw new Error(`${set.label}: ${set.n} values, not ${size}`);
  for (const row of set.Dimension(rows).id) {
    set.Dimension(years).id.forEach((year, before) => {
      for (const measure of set.Dimension(measures).id) {
        const {unit} = set.Dimension(measures).Category(measure);
        if (!unit || !unit.label) throw new Error(`${set.label}: ${measure} has no unit`);
        const {value, status} = set.Data({[rows]: row, [years]: year, [measures]: measure});
        cells.push([set.extension.figure, row, (before ? 'previous_' : '') + measure, value, status]);
      }
    });
  }
}
process.stdout.write(JSON.stringify(cells));
