/**
 * What a block of eight transactions costs a sandbox on disk, step by step, and how fast its events
 * are read. Run: `node infra/sandbox/sandbox.bench.ts [blocks]`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { selectorOfName } from '../../schemas/crypto/starknet.ts'
import { createGame } from './game/create-game.ts'
import { accountAt, resultOf, send, signedTransaction } from './sandbox.testing.ts'
import { createSandbox } from './sandbox-node.ts'

const BOTS = 8
const blocks = Number(process.argv[2] ?? 100)
const folder = mkdtempSync(path.join(tmpdir(), 'chronohex-bench-'))
const spent: Record<string, number> = { sign: 0, submit: 0, mine: 0, readEvents: 0 }

const timed = <T>(step: string, body: () => T): T => {
  const start = performance.now()
  const result = body()
  spent[step] = (spent[step] ?? 0) + performance.now() - start
  return result
}

const node = createSandbox(
  { dataFile: path.join(folder, 'sandbox.db'), blockTimeMs: null, seed: null, botAccounts: BOTS },
  {
    createGame,
    clock: { nowMs: Date.now },
    onFailure: (error) => {
      throw error
    },
  },
)

const createAdventurer = (name: number) => ({
  to: BigInt(infiniteHexAdventurers.contracts.adventurer_manager.address),
  selector: BigInt(selectorOfName('create_adventurer')),
  calldata: [BigInt(name)],
})

for (let block = 0; block < blocks; block += 1) {
  for (let bot = 0; bot < BOTS; bot += 1) {
    const call = createAdventurer(1 + block * BOTS + bot)
    const transaction = timed('sign', () =>
      signedTransaction(accountAt(node, 6 + bot), block, [call]),
    )
    timed('submit', () => send(node, transaction))
  }
  timed('mine', node.mine)
}

let events = 0
timed('readEvents', () => {
  let continuation_token: string | undefined
  do {
    const filter = { chunk_size: 1_024, continuation_token }
    const page = resultOf<{ events: unknown[]; continuation_token?: string }>(
      node,
      'starknet_getEvents',
      { filter },
    )
    events += page.events.length
    continuation_token = page.continuation_token
  } while (continuation_token !== undefined)
})

const transactions = blocks * BOTS
const report = {
  'client: hash and sign, ms per transaction': (spent.sign ?? 0) / transactions,
  'node: admit, ms per transaction': (spent.submit ?? 0) / transactions,
  'node: run and store, ms per block of 8': (spent.mine ?? 0) / blocks,
  'getEvents, events per second': events / ((spent.readEvents ?? 1) / 1000),
}
for (const [name, value] of Object.entries(report))
  process.stdout.write(`${name}: ${value.toFixed(2)}\n`)
node.close()
rmSync(folder, { recursive: true })
