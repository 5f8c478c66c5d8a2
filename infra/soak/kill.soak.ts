/** Kills the running system at random moments, start-up included, and examines what is left each time. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createRandom } from '../../agents/random.ts'
import { assert } from '../../domain/errors.ts'
import { openStoredWorld } from './stored-world.testing.ts'

/** The first start makes the database; a kill within it is one of the cases. */
const KILL_AFTER_MS_MIN = 200
const KILL_AFTER_MS_MAX = 9_000

const main = path.resolve(import.meta.dirname, '../../main.ts')

const runAndKill = async (dataFolder: string, afterMs: number): Promise<void> => {
  const flags = ['--port', '0', '--rpc-port', '0', '--bots', '8', '--block-time', '60', '--data', dataFolder]
  const child = spawn(process.execPath, [main, ...flags], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  await Promise.race([delay(afterMs), ended])
  assert(child.exitCode === null, `the system ended by itself (${child.exitCode}) before it was killed`)
  child.kill('SIGKILL')
  await ended
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

export type KillSoak = Readonly<{ dataFolder: string; seed: number; kills: number; print: (line: string) => void }>

/** Throws when anything was lost, doubled or projected wrongly. */
export const killSoak = async ({ dataFolder, seed, kills, print }: KillSoak): Promise<void> => {
  const random = createRandom(seed)
  for (let kill = 1; kill <= kills; kill++) {
    const afterMs = Math.round(KILL_AFTER_MS_MIN + random() * (KILL_AFTER_MS_MAX - KILL_AFTER_MS_MIN))
    await runAndKill(dataFolder, afterMs)
    print(`kill ${kill} of ${kills} after ${afterMs} ms: ${await examine(dataFolder)} events, nothing lost or doubled`)
  }
}
