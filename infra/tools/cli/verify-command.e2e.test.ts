/**
 * `chronohex verify` on what a system left behind: with the chain in its folder, with a node of that
 * chain, and where there is nothing to compare.
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runToEnd } from '../../../app.testing.ts'
import { game } from '../../../app.ts'
import { NEVER } from '../../../domain/waiting/pause.ts'
import { infiniteHexProjections } from '../../../projections/worlds/infinite-hex-adventurers/registry.ts'
import { testDataFolder } from '../../postgres/database.testing.ts'
import { projectionSchema } from '../../postgres/read-models/schema.ts'
import { claimDataFolder } from '../../run/data-folder.ts'
import { dataLayout } from '../../run/data-layout.ts'
import { openEmbeddedDatabase } from '../../run/embedded-database.ts'
import { createShutdown } from '../../run/shutdown.ts'
import { generateChain } from '../../sandbox/played/generate.ts'
import { type RunningSandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { testFolder } from '../archive/archive.testing.ts'
import { playLockstep } from '../soak/lockstep-world.testing.ts'
import { openStoppedWorld } from '../verify/stopped-world.ts'
import { EXIT_CODES } from './ending.ts'
import { testTerminal } from './terminal.testing.ts'
import { runVerifyCommand } from './verify-command.ts'

const BLOCKS = 12

let folder: ReturnType<typeof testFolder>
let played: string
let lastBlock: number
beforeAll(async () => {
  folder = testFolder()
  played = folder.file('played')
  ;({ lastBlock } = await playLockstep({ dataFolder: played, seed: 9, bots: 3, blocks: BLOCKS }))
})
afterAll(() => folder.remove())

const run = async (...args: readonly string[]) => {
  const { terminal, out, err } = testTerminal()
  const code = await runVerifyCommand(args, {
    terminal,
    openWorld: (place) => openStoppedWorld(place, { game, signal: NEVER }),
    defaultDataFolder: played,
    definition: game.definition,
    signal: NEVER,
  })
  return { code, out: out(), err: err() }
}

const withNode = async <T>(
  dataFile: string,
  use: (sandbox: RunningSandbox) => Promise<T>,
): Promise<T> => {
  const sandbox = await startSandbox({
    dataFile,
    rpcPort: 0,
    blockTimeMs: null,
    seed: null,
    botAccounts: 0,
  })
  try {
    return await use(sandbox)
  } finally {
    await sandbox.close()
  }
}

/** Changes the energy of one adventurer in the read models. */
const addEnergy = async (energy: number): Promise<void> => {
  const shutdown = createShutdown({ stepMsMax: 5_000 })
  const pool = await openEmbeddedDatabase(dataLayout(played), shutdown)
  const [world] = infiniteHexProjections
  if (world === undefined) expect.fail('the game has no projection')
  const table = `${projectionSchema({ prefix: 'rm' }, world)}.adventurers`
  await pool.query(
    `UPDATE ${table} SET energy = energy + $1 WHERE entity_id = (SELECT min(entity_id) FROM ${table})`,
    [energy],
  )
  expect(await shutdown.close()).toEqual([])
}

describe('read models that are as the chain', () => {
  it('are told so by the program itself, with the rows of each model', async () => {
    const { code, stdout, stderr } = await runToEnd(['verify', '--data', played])
    expect([code, stderr]).toEqual([EXIT_CODES.done, ''])
    expect(stdout).toMatch(/^ +3 {2}Adventurer$/m)
    expect(stdout).toMatch(/^\d+ rows, all as on chain at block \d+\n$/m)
  })

  it('are compared with a node of the same chain, as JSON', async () => {
    const { code, out } = await withNode(dataLayout(played).chainFile, ({ rpcUrl }) =>
      run('--against', rpcUrl, '--json'),
    )
    const { rowsCompared, ...report } = JSON.parse(out)
    expect(code).toBe(EXIT_CODES.done)
    expect(report).toMatchObject({
      block: lastBlock,
      rowsByModel: { Adventurer: 3 },
      rowsDiffering: 0,
      mismatches: [],
    })
    expect(rowsCompared).toBeGreaterThan(3)
  })
})

it('a row that was changed is named with both values, and ends with an exit code of its own', async () => {
  await addEnergy(1)
  const { code, stdout, stderr } = await runToEnd(['verify', '--data', played])
  await addEnergy(-1)
  expect(code).toBe(EXIT_CODES.differs)
  expect(stdout).toMatch(
    /^Adventurer \(0x[0-9a-f]+\): energy is 0x[0-9a-f]+ in the read models, 0x[0-9a-f]+ on chain$/m,
  )
  expect(stderr).toMatch(/^chronohex: Rows that differ from the chain at block \d+: 1 of \d+\n$/)
  expect(await run()).toMatchObject({ code: EXIT_CODES.done })
})

describe('is refused', () => {
  it('while a process works in the folder', async () => {
    const { release } = claimDataFolder(played)
    const { code, err } = await run()
    release()
    expect(code).toBe(EXIT_CODES.tryAgain)
    expect(err).toContain(`in use by process ${process.pid}`)
  })

  it('on a node of another chain, and on one that has not come so far', async () => {
    const other = folder.file('other.sqlite')
    await generateChain({ file: other, blocks: lastBlock + 1, seed: 'other', signal: NEVER })
    expect(await withNode(other, ({ rpcUrl }) => run('--against', rpcUrl))).toMatchObject({
      code: EXIT_CODES.failed,
      err: expect.stringMatching(/they are of two chains\n$/),
    })
    const fresh = folder.file('fresh.sqlite')
    expect(await withNode(fresh, ({ rpcUrl }) => run('--against', rpcUrl))).toMatchObject({
      code: EXIT_CODES.tryAgain,
      err: expect.stringContaining(`The node has no block ${lastBlock}`),
    })
  })

  it('where there is no world, and makes none', async () => {
    const missing = folder.file('missing')
    expect(await run('--data', missing)).toMatchObject({
      code: EXIT_CODES.failed,
      err: `chronohex: There is no world in ${missing}\n`,
    })
    expect(existsSync(missing)).toBe(false)
  })

  it('where there is no chain to compare with, or there are no read models', async () => {
    const bare = folder.file('bare')
    mkdirSync(bare)
    renameSync(await testDataFolder(), dataLayout(bare).databaseFolder)
    expect(await run('--data', bare)).toMatchObject({
      code: EXIT_CODES.failed,
      err: expect.stringContaining('holds no sandbox chain: name a node of its chain (--against)'),
    })
    const { code, err } = await withNode(dataLayout(played).chainFile, ({ rpcUrl }) =>
      run('--data', bare, '--against', rpcUrl),
    )
    expect(code).toBe(EXIT_CODES.failed)
    expect(err).toMatch(/holds no read models of world-CHRONOHEX_SANDBOX-0x/)
  })
})
