// make-fetch-happen, which keeps its entries in a folder.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import makeFetchHappen from 'make-fetch-happen'

export const fetchHappen = {
  name: 'make-fetch-happen',
  packages: ['make-fetch-happen'],
  open() {
    const folder = mkdtempSync(join(tmpdir(), 'cachette-bench-'))
    const fetch = makeFetchHappen.defaults({ cachePath: folder })
    return {
      async ask(url, headers) {
        const response = await fetch(url, { headers })
        if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`)
        return response.json()
      },
      close: () => rmSync(folder, { recursive: true, force: true }),
    }
  },
}
