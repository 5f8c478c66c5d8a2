import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { importFaults, isSource } from './layers.ts'

const root = path.resolve(import.meta.dirname, '../../..')

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(path.join(root, file)))

const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const codeFiles = tracked.filter((file) => /\.(ts|tsx|mjs)$/.test(file))
const textFiles = tracked.filter((file) =>
  /\.(ts|tsx|mjs|md|json|ya?ml|graphql|css|html|sh)$|^\.ci\/|^\.env/.test(file),
)

/** Lines of the given files that match, as `file:line: text`. */
const linesMatching = (files: readonly string[], pattern: RegExp): string[] =>
  files.flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((line, at) => (pattern.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
  )

/**
 * Runs a tool of node_modules on this Node and returns what it printed, empty when it found
 * nothing.
 */
const complaintsOf = (tool: string, args: readonly string[]): string => {
  const run = spawnSync(process.execPath, [path.join(root, 'node_modules', tool), ...args], {
    cwd: root,
    encoding: 'utf8',
  })
  return run.status === 0 ? '' : `${run.stdout}\n${run.stderr}`
}

describe('the layers', () => {
  it('are crossed in one direction only, and packages stay at home', () => {
    expect(codeFiles.filter(isSource).flatMap((file) => importFaults(file, textOf(file)))).toEqual(
      [],
    )
  })

  it('are really checked: each planted fault is found', () => {
    expect(importFaults('api/x.ts', "import { y } from '../../infra/y.ts'")).toHaveLength(1)
    expect(importFaults('domain/x.ts', "import { readFile } from 'node:fs'")).toHaveLength(1)
    expect(
      importFaults('ingest/x.ts', "import type { Y } from '../../projections/y.ts'"),
    ).toHaveLength(1)
    expect(importFaults('api/x.ts', "import {\n  a,\n  b,\n} from 'kysely'")).toHaveLength(1)
    expect(
      importFaults('commands/x.ts', "import { given } from './decider.testing.ts'"),
    ).toHaveLength(1)
    expect(
      importFaults('commands/x.ts', "const y = await import('../../agents/y.ts')"),
    ).toHaveLength(1)
    expect(importFaults('infra/x.ts', "import { z } from '../../schemas/z.ts'")).toEqual([])
  })
})

describe('the code', () => {
  it('type-checks', () => {
    expect(complaintsOf('typescript/bin/tsc', ['--noEmit'])).toBe('')
  })

  it('is formatted, and within the limits that Biome sees: file and function length, cycles, barrels, any', () => {
    expect(complaintsOf('@biomejs/biome/bin/biome', ['check', '--max-diagnostics=20', '.'])).toBe(
      '',
    )
  })

  it('has no unfinished work and no switched-off checks', () => {
    const own = codeFiles.filter((file) => !/^infra\/tools\/(tidy|measure)\//.test(file))
    expect(
      linesMatching(own, /\b(TODO|FIXME|XXX)\b|@ts-(ignore|expect-error|nocheck)|biome-ignore/),
    ).toEqual([])
  })

  it('has no file with an empty name for a concept', () => {
    const vague = /(^|\/|-)(utils?|helpers?|misc|common|manager|service)(-|\.|\/)/
    expect(tracked.filter((file) => vague.test(file))).toEqual([])
  })

  it('has no test that sleeps, is switched off, or runs alone', () => {
    const tests = codeFiles.filter(
      (file) => /\.test\.tsx?$/.test(file) && !file.startsWith('infra/tools/tidy/'),
    )
    expect(
      linesMatching(tests, /\bsleep\(|\b(it|test|describe)\.(skip|only|todo|fails)\(/),
    ).toEqual([])
  })

  it('swallows no error', () => {
    expect(
      linesMatching(
        codeFiles,
        /catch\s*(\(\w*\))?\s*\{\s*\}|\.catch\(\(\) => (undefined|null|\{\})\)/,
      ),
    ).toEqual([])
  })
})

describe('the project', () => {
  it('names no machine, registry or author', () => {
    const own = textFiles.filter(
      (file) => !file.startsWith('infra/tools/tidy/') && file !== 'package-lock.json',
    )
    expect(
      linesMatching(own, /(^|[\s'"`(])\/(work|root|home|opt)\/|registry\.npmjs|deb\.debian/),
    ).toEqual([])
  })

  it('locks exact versions, without addresses of a registry', () => {
    const { dependencies, devDependencies } = JSON.parse(textOf('package.json'))
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, range]) => !/^\d/.test(String(range)),
    )
    expect(loose).toEqual([])
    expect(textOf('package-lock.json')).not.toContain('"resolved"')
  })
})
