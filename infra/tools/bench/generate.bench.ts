/**
 * How fast a played world's chain is written, and where the time of its two threads goes: `npm run
 * bench -- generate [blocks] [bots]`. The rate is measured first and without a profiler, then the
 * same world is written again by the command line under one.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import type { Profiler } from 'node:inspector'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { generateChain } from '../../sandbox/played/generate.ts'
import { markdownTable } from './measuring.testing.ts'

const SEED = '7'
const SAMPLE_MICROSECONDS = 1_000
const MAIN_FILE = path.join(import.meta.dirname, '..', '..', '..', 'main.ts')

/** Parts of the work by the file that runs; the first pattern that matches counts. */
const PARTS: readonly (readonly [part: string, file: RegExp])[] = [
  [
    'ids: Hades and Poseidon',
    /schemas\/(hades|felt-limbs|starknet|worlds\/(ids|generation-cache|memoised-hash))\.ts/,
  ],
  ['bots', /sandbox\/population\/|\/agents\//],
  ['disk: SQLite', /sandbox\/store\/(file|writing|chain-writer)/],
  ['rules of the game', /sandbox\/game\/|domain\/(rules|hex)|schemas\//],
  ['receipts, texts, SHA-256', /\/infra\/sandbox\/|\/domain\/|internal\/crypto/],
  ['start', /node:internal\/|node_modules|\/infra\/cli\/|main\.ts/],
]

const WITHOUT_FILE: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collector'],
  ['(idle)', 'waiting for the other thread'],
  ['(program)', 'the rest'],
  ['postMessage', 'handing over to the other thread'],
])

/**
 * Which part every node of a profile belongs to; what has no file of its own, as WebAssembly,
 * belongs to its caller.
 */
const partsOf = ({ nodes }: Profiler.Profile): ReadonlyMap<number, string> => {
  const parts = new Map<number, string>()
  const callers = new Map(
    nodes.flatMap(({ children = [], id }) => children.map((child) => [child, id] as const)),
  )
  // A caller stands before its callees.
  for (const { callFrame, id } of nodes) {
    const own =
      WITHOUT_FILE.get(callFrame.functionName) ??
      PARTS.find(([, file]) => file.test(callFrame.url))?.[0]
    parts.set(id, own ?? parts.get(callers.get(id) ?? 0) ?? 'the rest')
  }
  return parts
}

/** Share of a thread's time by part. */
const sharesOf = (profile: Profiler.Profile): ReadonlyMap<string, number> => {
  const parts = partsOf(profile)
  const { samples = [], timeDeltas = [] } = profile
  const total = timeDeltas.reduce((sum, delta) => sum + delta, 0)
  const shares = new Map<string, number>()
  for (const [at, id] of samples.entries()) {
    const part = parts.get(id) ?? 'the rest'
    shares.set(part, (shares.get(part) ?? 0) + (timeDeltas[at] ?? 0) / total)
  }
  return shares
}

/**
 * Profiles of the thread that writes and of the one that plays, which Node leaves behind in the
 * order of their ids.
 */
const profiled = (folder: string, blocks: string, bots: string): readonly Profiler.Profile[] => {
  const profiler = [
    '--cpu-prof',
    '--cpu-prof-interval',
    `${SAMPLE_MICROSECONDS}`,
    '--cpu-prof-dir',
    folder,
  ]
  const command = ['sandbox', 'generate', '--blocks', blocks, '--bots', bots, '--seed', SEED]
  execFileSync(process.execPath, [
    ...profiler,
    MAIN_FILE,
    ...command,
    '--out',
    path.join(folder, 'profiled.db'),
  ])
  const files = readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'))
  return files.toSorted().map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')))
}

const profileTable = (profiles: readonly Profiler.Profile[]): string => {
  const shares = profiles.map(sharesOf)
  const parts = [...new Set(shares.flatMap((ofThread) => [...ofThread.keys()]))]
  const sum = (part: string): number =>
    shares.reduce((all, ofThread) => all + (ofThread.get(part) ?? 0), 0)
  return markdownTable(
    ['part', 'thread that writes', 'thread that plays'],
    parts
      .toSorted((a, b) => sum(b) - sum(a))
      .map((part) => [
        part,
        ...shares.map((ofThread) => `${((ofThread.get(part) ?? 0) * 100).toFixed(1)} %`),
      ]),
  )
}

const rateTable = async (file: string, blocks: string, bots: string): Promise<string> => {
  const [start, cpuBefore] = [performance.now(), process.cpuUsage()]
  const made = await generateChain({ file, blocks: Number(blocks), bots: Number(bots), seed: SEED })
  const ms = performance.now() - start
  const { system, user } = process.cpuUsage(cpuBefore)
  const cpuMs = (system + user) / 1_000
  return markdownTable(
    [
      'blocks',
      'bots',
      'transactions',
      'events',
      'seconds',
      'events per second',
      'CPU seconds',
      'MB',
    ],
    [
      [
        `${made.blocks}`,
        bots,
        `${made.transactions}`,
        `${made.events}`,
        (ms / 1_000).toFixed(1),
        ((made.events / ms) * 1_000).toFixed(0),
        (cpuMs / 1_000).toFixed(1),
        (statSync(file).size / 1e6).toFixed(0),
      ],
    ],
  )
}

export const measure = async ([
  blocks = '20000',
  bots = '1000',
]: readonly string[]): Promise<string> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'chronohex-generate-'))
  try {
    const rate = await rateTable(path.join(folder, 'world.db'), blocks, bots)
    return `${rate}\n\n${profileTable(profiled(folder, blocks, bots))}`
  } finally {
    rmSync(folder, { recursive: true })
  }
}
