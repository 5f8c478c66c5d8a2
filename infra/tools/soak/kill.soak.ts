/**
 * Kills the running system at random moments, start-up included, and examines what is left each
 * time.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createRandom } from '../../../agents/random.ts'
import { assert } from '../../../domain/errors.ts'
import { NEVER, pause, until } from '../../../domain/waiting/pause.ts'
import { dataLayout } from '../../run/data-layout.ts'
import { openStoredWorld } from './stored-world.testing.ts'

/**
 * Counted from the start of the process, or (every other time) from when it says that it is ready.
 */
const KILL_AFTER_MS_MAX = 4_000
const READY_MS_MAX = 120_000
const LOOK_MS = 20

const main = path.resolve(import.meta.dirname, '../../../main.ts')

const runAndKill = async (
  dataFolder: string,
  afterMs: number,
  fromReady: boolean,
): Promise<void> => {
  const flags = [
    '--port',
    '0',
    '--rpc-port',
    '0',
    '--bots',
    '8',
    '--block-time',
    '60',
    '--data',
    dataFolder,
  ]
  // Elsewhere than in the checkout, whose .env may name the log of a real world.
  const child = spawn(process.execPath, [main, ...flags], { stdio: 'ignore', cwd: tmpdir() })
  const ended = once(child, 'exit')
  const { endpointsFile } = dataLayout(dataFolder)
  const readyBy = performance.now() + READY_MS_MAX
  while (fromReady && !existsSync(endpointsFile) && child.exitCode === null) {
    assert(performance.now() < readyBy, `the system was not ready within ${READY_MS_MAX} ms`)
    await pause(LOOK_MS, NEVER)
  }
  await until(ended, NEVER, afterMs)
  assert(
    child.exitCode === null,
    `the system ended by itself (${child.exitCode}) before it was killed`,
  )
  child.kill('SIGKILL')
  await ended
  rmSync(endpointsFile, { force: true })
}

const examine = async (dataFolder: string): Promise<number> => {
  const stored = await openStoredWorld(dataFolder)
  try {
    const faults = await stored.logFaults()
    assert(faults.length === 0, faults.join('; '))
    const tables = await stored.tablesUnlikeReplay()
    assert(tables.length === 0, `unlike a replay: ${tables.join(', ')}`)
    return (await stored.events()).length
  } finally {
    await stored.close()
  }
}

export type KillSoak = Readonly<{
  dataFolder: string
  seed: number
  kills: number
  print: (line: string) => void
}>

/** Throws when anything was lost, doubled or projected wrongly. */
export const killSoak = async ({ dataFolder, seed, kills, print }: KillSoak): Promise<void> => {
  const random = createRandom(seed)
  for (let kill = 1; kill <= kills; kill++) {
    const afterMs = Math.round(random() * KILL_AFTER_MS_MAX)
    const fromReady = kill % 2 === 0
    await runAndKill(dataFolder, afterMs, fromReady)
    const events = await examine(dataFolder)
    const moment = `${afterMs} ms after ${fromReady ? 'it was ready' : 'its start'}`
    print(`kill ${kill} of ${kills}, ${moment}: ${events} events, nothing lost or doubled`)
  }
}
