import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = path.join(import.meta.dirname, '../../..')
const ARCHITECTURE = readFileSync(path.join(ROOT, 'ARCHITECTURE.md'), 'utf8')

/** Numbered hops of the section with this title. */
const hopsOf = (title: string): readonly string[] => {
  const [, section = ''] = ARCHITECTURE.split(`## ${title}\n`)
  const [body = ''] = section.split('\n## ')
  return body.split('\n').filter((line) => /^\d+\. /.test(line))
}

/** `file#name` of a hop. */
const placesIn = (hop: string): readonly (readonly [file: string, name: string])[] =>
  [...hop.matchAll(/`([\w./-]+\.tsx?)#(\w+)`/g)].map(([, file = '', name = '']) => [file, name])

const exportsName = (file: string, name: string): boolean =>
  existsSync(path.join(ROOT, file)) &&
  new RegExp(`^export (const|type|class|(async )?function\\*?) ${name}\\b`, 'm').test(
    readFileSync(path.join(ROOT, file), 'utf8'),
  )

describe.each(['An event, from the chain to a screen', 'A command, from a wish to its end'])(
  'the walk "%s" of ARCHITECTURE.md',
  (title) => {
    const hops = hopsOf(title)

    it('has numbered hops, nearly all of which name code', () => {
      expect(hops.length).toBeGreaterThan(8)
      expect(hops.map((hop) => Number.parseInt(hop, 10))).toEqual(hops.map((_, at) => at + 1))
      expect(hops.filter((hop) => placesIn(hop).length === 0).length).toBeLessThan(2)
    })

    it('leads to what is there', () => {
      const missing = hops.flatMap(placesIn).filter(([file, name]) => !exportsName(file, name))
      expect(missing).toEqual([])
    })
  },
)
