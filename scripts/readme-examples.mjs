// Puts the example files into README's code blocks that name them, or with --check says where they differ.
import { readFileSync, writeFileSync } from 'node:fs'

const isCheck = process.argv.includes('--check')
const readme = readFileSync('README.md', 'utf8')
const filled = readme.replace(/```ts\n\/\/ (examples\/\S+\.ts)\n[\s\S]*?```/g, (_, file) => {
  const code = readFileSync(file, 'utf8').trimEnd()
  return `\`\`\`ts\n// ${file}\n${code}\n\`\`\``
})
if (!isCheck) writeFileSync('README.md', filled)
else if (filled !== readme) {
  console.error(
    'README.md shows examples that differ from their files; run: node scripts/readme-examples.mjs',
  )
  process.exit(1)
}
