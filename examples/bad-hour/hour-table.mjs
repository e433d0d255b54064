// The hour as a table: a row per minute, equal ones taken together.

/** Prints the table, and the figures below it. */
export function printHour(minutes, { hitRate, originCalls, drifts, outcomes }) {
  const rows = minutes.map(rowOf)
  console.log('| minute | the API | films | prices | a new film | longest wait | requests | events |')
  console.log('|---|---|---|---|---|---|---|---|')
  for (const { from, to, cells } of together(rows)) {
    console.log(`| ${[from === to ? from : `${from}–${to}`, ...cells].join(' | ')} |`)
  }
  const totals = Object.entries(outcomes).filter(([, count]) => count > 0)
  console.log(`\n${totals.map(([outcome, count]) => `${count} \`${outcome}\``).join(', ')};`)
  console.log(`hit rate ${hitRate.toFixed(1)} %, ${originCalls} origin calls, ${drifts} drifts`)
}

function rowOf({ minute, origin, answers, events, requests }) {
  const told = (wanted) => counted(answers.filter(({ kind }) => kind === wanted).map(wordOf))
  const longestMs = Math.max(...answers.map(({ waitedMs }) => waitedMs))
  const cells = [
    origin,
    ...['films', 'prices', 'new'].map(told),
    `${longestMs} ms`,
    requests,
    counted(events.map((text) => `\`${text}\``)),
  ]
  return { minute, cells }
}

function wordOf({ outcome, because }) {
  return outcome === 'hit' || outcome === 'miss' ? `\`${outcome}\`` : `\`${outcome}\` (\`${because}\`)`
}

/** `3 a, b`. */
function counted(words) {
  const counts = new Map()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].map(([word, count]) => (count === 1 ? word : `${count} ${word}`)).join(', ')
}

function together(rows) {
  const spans = []
  for (const { minute, cells } of rows) {
    const last = spans.at(-1)
    if (last !== undefined && last.cells.join('|') === cells.join('|')) last.to = minute
    else spans.push({ from: minute, to: minute, cells })
  }
  return spans
}
