import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { text as textOfStream } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { folderOfWorld, graphqlTexts } from '../../../schemas/graphql/sdl.ts'
import { circlesOf } from '../measure/import-graph.ts'
import {
  importGraphOf,
  type MeasuredFile,
  measuredFiles,
  trackedFiles,
} from '../measure/measured-files.ts'
import { sourceFactsOf } from '../measure/source-facts.ts'
import {
  castFaults,
  type Fault,
  lengthFaults,
  parameterFaults,
  sleepFaults,
  spellingFaults,
  swallowedFaults,
} from './code-faults.ts'
import { EXPORTS_FOR_TESTS, POSITIONAL, SLEEPING, TAKEN_BY_NAME, unneeded } from './exceptions.ts'
import { deadExports, exportsForTests } from './exports.ts'
import { gameWordFaults, guessFaults, memberNamesOf, wordsOfWorld } from './game-words.ts'
import { importFaults, isSource, namesGame } from './layers.ts'
import { packageFaults } from './packages.ts'
import {
  type Passage,
  passagesOfComments,
  passagesOfLines,
  pathFaults,
  proseFaults,
  repositoryOf,
  sectionFaults,
} from './references.ts'

const root = path.resolve(import.meta.dirname, '../../..')

/**
 * Runs a tool of node_modules on this Node and resolves to what it printed, empty when it found
 * nothing.
 */
const complaintsOf = async (tool: string, args: readonly string[]): Promise<string> => {
  const run = spawn(process.execPath, [path.join(root, 'node_modules', tool), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise((resolve) => run.once('close', resolve))
  const printed = await Promise.all([textOfStream(run.stdout), textOfStream(run.stderr)])
  return (await ended) === 0 ? '' : printed.join('\n')
}

// Both run while the files are read here.
const typeErrors = complaintsOf('typescript/bin/tsc', ['--noEmit'])
const styleErrors = complaintsOf('@biomejs/biome/bin/biome', ['check', '--max-diagnostics=20', '.'])

const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const tracked = trackedFiles(root)
const measured = measuredFiles(root)
const scripts: readonly MeasuredFile[] = tracked
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => ({ file, text: textOf(file), facts: sourceFactsOf(file, textOf(file)) }))
const code = [...measured, ...scripts]
const textFiles = tracked.filter((file) =>
  /\.(ts|tsx|mjs|md|json|ya?ml|graphql|css|html|sh)$|^\.ci\/|^\.env/.test(file),
)

const specifiersOf = ({ facts }: MeasuredFile): string[] =>
  facts.imports.map(({ specifier }) => specifier)

const told = ({ file, line, text }: Fault): string => `${file}:${line} ${text}`

/** Faults of all code, as they are told. */
const faultsIn = (faultsOf: (file: MeasuredFile) => readonly Fault[]): readonly string[] =>
  code.flatMap(faultsOf).map(told)

type Prose = Readonly<{ file: string; passages: readonly Passage[] }>

/** Comments of the code, titles of tests that cite sections, and documents. */
const prose: readonly Prose[] = [
  ...code.map(({ file, text, facts }) => ({
    file,
    passages: [
      ...passagesOfComments(facts.comments),
      ...passagesOfLines(text).filter((line) => /^(?!\s*(\/\/|\/?\*)).*§ ?\d/.test(line.text)),
    ],
  })),
  ...textFiles
    .filter((file) => /\.(md|graphql|ya?ml|css)$|^\.ci\/|^\.env/.test(file))
    .map((file) => ({ file, passages: passagesOfLines(textOf(file)) })),
]

const faultsOfProse = (
  all: readonly Prose[],
  faultsOf: (file: string, passage: Passage) => readonly string[],
): Fault[] =>
  all.flatMap(({ file, passages }) =>
    passages.flatMap((passage) =>
      faultsOf(file, passage).map((text) => ({ file, line: passage.line, text })),
    ),
  )

/** Lines of the given files that match, as `file:line: text`. */
const linesMatching = (files: readonly string[], pattern: RegExp): string[] =>
  files.flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((line, at) => (pattern.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
  )

describe('imports', () => {
  it('cross the layers in one direction only, and packages stay at home', () => {
    expect(
      code
        .filter(({ file }) => isSource(file))
        .flatMap((one) => importFaults(one.file, specifiersOf(one))),
    ).toEqual([])
  })

  it('go round in no circle, types and tests included', () => {
    const circles = circlesOf(importGraphOf(measured, { withTypes: true }))
    expect(circles.map((files) => files.join(' ⇄ '))).toEqual([])
  })

  it('name the game in its own rooms only', () => {
    const faults = code
      .filter((one) => namesGame(one.file, specifiersOf(one)))
      .map(({ file }) => `${file} names the game`)
    expect(faults).toEqual([])
  })

  it('are of packages of package.json, and every package is imported', () => {
    const tools = ['typescript', '@biomejs/biome']
    const specifiers = code.flatMap(specifiersOf)
    expect(packageFaults(JSON.parse(textOf('package.json')), specifiers, tools)).toEqual([])
  })
})

describe('exports', () => {
  const faultOf = ({ name, ...place }: ReturnType<typeof deadExports>[number]): Fault => ({
    ...place,
    text: `exports ${name}, which no other file uses`,
  })

  it('are used by another file', () => {
    const found = deadExports(measured)
    const keyOf = ({ file, name }: (typeof found)[number]) => `${file}#${name}`
    const dead = found.filter((one) => !(keyOf(one) in TAKEN_BY_NAME))
    expect(dead.map(faultOf).map(told)).toEqual([])
    expect(unneeded(TAKEN_BY_NAME, (key) => found.some((one) => keyOf(one) === key))).toEqual([])
  })

  it('are for tests alone only where a reason is listed', () => {
    const found = exportsForTests(measured).map(({ file, name }) => `${file}#${name}`)
    const covers = (key: string) => (one: string) =>
      one === key || one.startsWith(`${key}#`) || one.startsWith(`${key}/`)
    const listed = Object.keys(EXPORTS_FOR_TESTS)
    expect(found.filter((one) => !listed.some((key) => covers(key)(one)))).toEqual([])
    expect(unneeded(EXPORTS_FOR_TESTS, (key) => found.some(covers(key)))).toEqual([])
  })
})

describe('the code', () => {
  it('type-checks', async () => {
    expect(await typeErrors).toBe('')
  })

  it('is formatted, and within the limits that Biome sees: cycles, barrels, any', async () => {
    expect(await styleErrors).toBe('')
  })

  it('gives each cast its reason', () => {
    expect(faultsIn(castFaults)).toEqual([])
  })

  it('names its arguments from the fifth on', () => {
    const found = code.flatMap((one) =>
      parameterFaults(one).map((fault) => ({
        fault,
        key: `${one.file}#${fault.text.split(' ')[0]}`,
      })),
    )
    const cold = found.filter(({ key }) => !(key in POSITIONAL)).map(({ fault }) => fault)
    expect(cold.map(told)).toEqual([])
    expect(unneeded(POSITIONAL, (one) => found.some(({ key }) => key === one))).toEqual([])
  })

  it('keeps to the lengths of files and functions', () => {
    expect(faultsIn(lengthFaults)).toEqual([])
  })

  it('says words of the game in its rooms only', () => {
    const sdl = graphqlTexts(folderOfWorld(infiniteHexAdventurers.name)).map(({ text }) => text)
    const words = wordsOfWorld(infiniteHexAdventurers, sdl)
    expect(faultsIn(gameWordFaults(words))).toEqual([])
  })

  it('knows what a member means by its type, and guesses nothing from names', () => {
    expect(faultsIn(guessFaults(memberNamesOf(infiniteHexAdventurers)))).toEqual([])
  })

  it('swallows no error', () => {
    expect(faultsIn(swallowedFaults)).toEqual([])
  })

  it('spells the constants of a module that are plain numbers one way', () => {
    expect(faultsIn(spellingFaults)).toEqual([])
  })

  it('has no unfinished work and no switched-off checks', () => {
    const own = code
      .map(({ file }) => file)
      .filter((file) => !/^infra\/tools\/(tidy|measure)\//.test(file))
    expect(
      linesMatching(own, /\b(TODO|FIXME|XXX)\b|@ts-(ignore|expect-error|nocheck)|biome-ignore/),
    ).toEqual([])
  })

  it('has no file with an empty name for a concept', () => {
    const vague = /(^|\/|-)(utils?|helpers?|misc|common|manager|service)(-|\.|\/)/
    expect(tracked.filter((file) => vague.test(file))).toEqual([])
  })
})

describe('tests', () => {
  it('await conditions and never sleep', () => {
    const found = code.flatMap(sleepFaults)
    expect(found.filter(({ file }) => !(file in SLEEPING)).map(told)).toEqual([])
    expect(unneeded(SLEEPING, (key) => found.some(({ file }) => file === key))).toEqual([])
  })

  it('are not switched off, and none runs alone', () => {
    const tests = tracked.filter(
      (file) => /\.test\.tsx?$/.test(file) && !file.startsWith('infra/tools/tidy/'),
    )
    expect(linesMatching(tests, /\b(it|test|describe)\.(skip|only|todo|fails)\(/)).toEqual([])
  })
})

describe('the project', () => {
  it('names sections, files and folders that are there', () => {
    const repository = repositoryOf(tracked, textOf)
    // It holds the sign itself, and its tests name what is not there.
    const others = prose.filter(({ file }) => !file.startsWith('infra/tools/tidy/references'))
    const faults = faultsOfProse(others, (file, passage) => [
      ...sectionFaults(file, passage, repository),
      ...pathFaults(file, passage, repository),
    ])
    expect(faults.map(told)).toEqual([])
  })

  it('says what does something, not whoever does it', () => {
    const others = prose.filter(({ file }) => !file.startsWith('infra/tools/tidy/'))
    const faults = faultsOfProse(others, (_, passage) => proseFaults(passage))
    expect(faults.map(told)).toEqual([])
  })

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
