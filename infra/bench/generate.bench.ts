/**
 * How fast a played world's chain is written, and where the time goes: `npm run bench -- generate [blocks] [bots]`. The
 * profile samples every half millisecond, which costs a few per cent of the rate that is shown.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { generateChain } from '../sandbox/generate.ts'
import { markdownTable } from './measuring.ts'

const SAMPLE_MICROSECONDS = 500

/** Parts of the work by the file that a sample was taken in; the first pattern that matches counts. */
const PARTS: readonly (readonly [part: string, file: RegExp])[] = [
  ['ids: Hades and Poseidon', /schemas\/(hades|starknet)\.ts|generation-cache|memoised-hash/],
  ['bots decide', /\/agents\//],
  ['bots observe', /sandbox\/population|domain\/hex\.ts/],
  ['disk: SQLite', /sandbox\/store/],
  [
    'receipts, block hashes',
    /sandbox\/(block|execution|generate|invoke-transaction|model-upgrades)|domain\/felt|internal\/crypto/,
  ],
  ['rules of the game', /sandbox\/game|domain\/|schemas\//],
]

type Profile = Awaited<ReturnType<typeof sampled>>['profile']

/** Runs `work` under the sampling profiler. */
const sampled = async <T>(work: () => T) => {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_MICROSECONDS })
  await session.post('Profiler.start')
  const start = performance.now()
  const before = process.cpuUsage()
  const result = work()
  const ms = performance.now() - start
  const { system, user } = process.cpuUsage(before)
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  return { result, ms, cpuMs: (system + user) / 1000, profile }
}

const partOf = ({ functionName, url }: Readonly<{ functionName: string; url: string }>): string => {
  if (functionName === '(garbage collector)') return 'garbage collector'
  return PARTS.find(([, file]) => file.test(url))?.[0] ?? 'the rest'
}

/** Share of the samples by part, the largest first. */
const sharesOf = ({ nodes, samples = [] }: Profile): readonly (readonly [string, number])[] => {
  const parts = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]))
  const counts = new Map<string, number>()
  for (const id of samples) {
    const part = parts.get(id) ?? 'the rest'
    counts.set(part, (counts.get(part) ?? 0) + 1)
  }
  return [...counts].map(([part, count]) => [part, count / samples.length] as const).sort((a, b) => b[1] - a[1])
}

export const measure = async ([blocks = '20000', bots = '250']: readonly string[]): Promise<string> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'chronohex-generate-'))
  const file = path.join(folder, 'world.db')
  try {
    const options = { file, blocks: Number(blocks), bots: Number(bots), seed: '7' }
    const { result, ms, cpuMs, profile } = await sampled(() => generateChain(options))
    const megabytes = statSync(file).size / 1e6
    const rate = markdownTable(
      ['blocks', 'transactions', 'events', 'seconds', 'CPU seconds', 'events per CPU second', 'MB'],
      [
        [
          `${result.blocks}`,
          `${result.transactions}`,
          `${result.events}`,
          (ms / 1000).toFixed(1),
          (cpuMs / 1000).toFixed(1),
          ((result.events / cpuMs) * 1000).toFixed(0),
          megabytes.toFixed(0),
        ],
      ],
    )
    const shares = sharesOf(profile).map(([part, share]) => [part, `${(share * 100).toFixed(1)} %`])
    return `${rate}\n\n${markdownTable(['part', 'share of the time'], shares)}`
  } finally {
    rmSync(folder, { recursive: true })
  }
}
