/**
 * `npm run soak`: a hundred thousand streams on each log, thousands of blocks of bot play compared
 * with the chain, thousands of clients that do not read, kills at random moments, and crashes at
 * every statement. `--tenth` does a tenth of it, as CI does, but all of the statements; `--seed N`
 * changes the moments and, for the long world, the game.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { everyStatementSoak } from './every-statement.soak.ts'
import { killSoak } from './kill.soak.ts'
import { lockstepSoak } from './lockstep.soak.ts'
import { slowClientsSoak } from './slow-clients.soak.ts'
import { tinyStreamsSoak } from './tiny-streams.soak.ts'

const BLOCKS = 20_000
const BLOCKS_PER_SEED = 1_500
const KILLS = 20
const TINY_STREAMS = 100_000
/** Of a thousand clients each; two are the least that show whether memory grows. */
const SLOW_CLIENT_WAVES = 20

const { values } = parseArgs({
  options: { tenth: { type: 'boolean' }, seed: { type: 'string', default: '1' } },
})
const share = values.tenth ? 0.1 : 1
const seed = Number(values.seed)
const folder = mkdtempSync(path.join(tmpdir(), 'chx-soak-'))
const print = (line: string): void => {
  process.stdout.write(`soak: ${line}\n`)
}

print(`seed ${seed}, ${share === 1 ? 'all of it' : 'a tenth of it'}`)
try {
  await everyStatementSoak()
  await tinyStreamsSoak({
    dataFolder: path.join(folder, 'streams'),
    streams: TINY_STREAMS * share,
    print,
  })
  await killSoak({ dataFolder: path.join(folder, 'killed'), seed, kills: KILLS * share, print })
  await slowClientsSoak({
    dataFolder: path.join(folder, 'unread'),
    waves: SLOW_CLIENT_WAVES * share,
    print,
  })
  await lockstepSoak({ dataFolder: path.join(folder, 'long'), seed, blocks: BLOCKS * share, print })
  for (const other of share === 1 ? [2, 3, 4, 5] : []) {
    await lockstepSoak({
      dataFolder: path.join(folder, `seed-${other}`),
      seed: other,
      blocks: BLOCKS_PER_SEED,
      print,
    })
  }
  print('done')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
