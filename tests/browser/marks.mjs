// Lighthouse's report in a line: node tests/browser/marks.mjs REPORT NAME
import { readFileSync } from 'node:fs'

const [report, name] = process.argv.slice(2)
const { categories, audits } = JSON.parse(readFileSync(report))
const marks = Object.values(categories).map(({ id, score }) => `${id} ${Math.round(score * 100)}`)
const told = ['largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift'].map(id => `${id} ${audits[id].displayValue}`)
const failed = Object.values(audits).filter(({ score, scoreDisplayMode }) => scoreDisplayMode === 'binary' && score === 0)
console.log(`${name}: ${[...marks, ...told, ...failed.map(({ id }) => `fails ${id}`)].join(', ')}`)
