import { afterEach, expect, test } from 'vitest'
import { FELT_PRIME, type Felt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { selectorsOf, WORLD_EVENT_SELECTORS } from '../../../schemas/worlds/selectors.ts'
import { createGame } from '../game/create-game.ts'
import { receiptOf, resultOf, tallySandbox } from '../sandbox.testing.ts'
import type { SandboxNode } from '../sandbox-node.ts'
import { HOSTILE_NAMES } from './hostile-names.ts'

let node: SandboxNode
const open = (blockTimeMs: number | null): SandboxNode => {
  node = tallySandbox({ blockTimeMs }, undefined, { createGame })
  return node
}
afterEach(() => node.close())

const created = (): Felt =>
  resultOf<{ transaction_hash: Felt }>(node, 'sandbox_createHostilePlayers').transaction_hash

test('hostile names are felts, all different', () => {
  const names = resultOf<{ name: Felt }[]>(open(null), 'sandbox_hostileNames').map(
    ({ name }) => name,
  )
  expect(names.length).toBeGreaterThan(20)
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(BigInt(name)).toBeLessThan(FELT_PRIME)
})

test('players of the world bear hostile names on demand', () => {
  open(null)
  const hash = created()
  node.mine()
  const receipt = receiptOf(node, hash)
  expect(receipt).toMatchObject({ execution_status: 'SUCCEEDED', block_number: 1 })
  const { Adventurer } = selectorsOf(infiniteHexAdventurers).models
  const records = receipt.events.filter(
    ({ keys }) => keys[0] === WORLD_EVENT_SELECTORS.StoreSetRecord && keys[1] === Adventurer,
  )
  // Data of each record: one key, then the values, which begin with owner and name.
  expect(records.map(({ data }) => data[4])).toEqual(HOSTILE_NAMES.map(({ name }) => name))
})

test('with instant mining what a control request sends has its block at once', () => {
  open(0)
  expect(receiptOf(node, created())).toMatchObject({
    block_number: 1,
    finality_status: 'ACCEPTED_ON_L2',
  })
  const injected = resultOf<{ transaction_hash: Felt }>(node, 'sandbox_injectEvents', {
    events: [{ keys: [], data: [] }],
  })
  const upgraded = resultOf<{ transaction_hash: Felt }>(node, 'sandbox_upgradeModel', {
    model: 'Adventurer',
  })
  expect(
    [injected, upgraded].map(
      ({ transaction_hash }) => receiptOf(node, transaction_hash).block_number,
    ),
  ).toEqual([2, 3])
})
