import { describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { selectorOfName } from '../../../schemas/crypto/starknet.ts'
import { selectorsOf, WORLD_EVENT_SELECTORS } from '../../../schemas/worlds/selectors.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import { createGame } from '../game/create-game.ts'
import {
  accountAt,
  ask,
  hexOf,
  receiptOf,
  resultOf,
  send,
  signedTransaction,
} from '../sandbox.testing.ts'
import type { SandboxNode } from '../sandbox-node.ts'
import { testNodes } from '../sandbox-nodes.testing.ts'
import type { Call } from './game.ts'
import { MODEL_UPGRADES_MAX, modelAddress, modelUpgraded, upgradesWith } from './model-upgrades.ts'

const { open: openNode } = testNodes()
const open = (): SandboxNode => openNode({}, undefined, { createGame })

const ADVENTURER = selectorsOf(infiniteHexAdventurers).models.Adventurer as Felt
const { worldAddress } = infiniteHexAdventurers

const upgrade = (node: SandboxNode): Felt =>
  resultOf<{ transaction_hash: Felt }>(node, 'sandbox_upgradeModel', { model: 'Adventurer' })
    .transaction_hash

const createAdventurer: Call = {
  to: BigInt(infiniteHexAdventurers.contracts.adventurer_manager.address),
  selector: BigInt(selectorOfName('create_adventurer')),
  calldata: [0x41n],
}

const create = (node: SandboxNode, account: number, nonce: number): Felt =>
  send(node, signedTransaction(accountAt(node, account), nonce, [createAdventurer]))

type Read = (entrypoint: string, calldata?: readonly Felt[]) => readonly Felt[]

const reading =
  (node: SandboxNode, address: Felt, block_id: unknown = 'latest'): Read =>
  (entrypoint, calldata = []) =>
    resultOf<Felt[]>(node, 'starknet_call', {
      request: {
        contract_address: address,
        entry_point_selector: selectorOfName(entrypoint),
        calldata,
      },
      block_id,
    })

/** Entity id and values of the adventurer that a transaction created. */
const createdBy = (
  node: SandboxNode,
  hash: Felt,
): Readonly<{ entityId: Felt; values: readonly Felt[] }> => {
  const record = receiptOf(node, hash).events.find(
    ({ keys }) => keys[0] === WORLD_EVENT_SELECTORS.StoreSetRecord && keys[1] === ADVENTURER,
  )
  return {
    entityId: record?.keys[2] as Felt,
    values: record?.data.slice(2 + Number(record.data[0])) ?? [],
  }
}

describe('the upgrade of a model', () => {
  it('deploys a new class at a new address, which the World tells, and emits ModelUpgraded with both and the old one', () => {
    const node = open()
    const before = reading(node, worldAddress)('resource', [ADVENTURER])[1] as Felt
    const hash = upgrade(node)
    node.mine()
    const [event] = receiptOf(node, hash).events
    const [classHash, address, previous] = event?.data ?? []
    expect(event?.keys).toEqual([WORLD_EVENT_SELECTORS.ModelUpgraded, ADVENTURER])
    expect([previous, address === before, classHash === ADVENTURER]).toEqual([before, false, false])
    expect(reading(node, worldAddress)('resource', [ADVENTURER])[1]).toBe(address)
    const at = { block_id: 'latest', contract_address: address }
    expect(resultOf(node, 'starknet_getClassHashAt', at)).toBe(classHash)
    expect(
      ask(node, 'starknet_getClass', { block_id: 'latest', class_hash: classHash }).result,
    ).toBeDefined()
    expect(
      ask(node, 'starknet_getClassHashAt', { ...at, block_id: { block_number: 0 } }).error?.code,
    ).toBe(20)
    expect(resultOf(node, 'starknet_getStateUpdate', { block_id: 'latest' })).toMatchObject({
      state_diff: { deployed_contracts: [{ address, class_hash: classHash }] },
    })
  })

  it('appends a member to layout and schema at the new address; the old contract tells the old ones', () => {
    const node = open()
    const old = reading(node, modelAddress(ADVENTURER, 0))
    upgrade(node)
    upgrade(node)
    const pending = reading(node, modelAddress(ADVENTURER, 2), 'pre_confirmed')('layout')
    node.mine()
    const grown = reading(node, modelAddress(ADVENTURER, 2))
    const field = (name: string): Felt[] => [selectorOfName(name), '0x0', '0x1', hexOf(251n)]
    const [variant, , ...fields] = old('layout')
    expect(grown('layout')).toEqual([
      variant,
      '0x9',
      ...fields,
      ...field('upgrade_1'),
      ...field('upgrade_2'),
    ])
    expect(pending).toEqual(grown('layout'))
    expect([old('layout')[1], reading(node, modelAddress(ADVENTURER, 1))('layout')[1]]).toEqual([
      '0x7',
      '0x8',
    ])
    const schema = grown('schema')
    const member = (name: string): Felt[] => [
      hexOf(shortString(name)),
      '0x0',
      '0x0',
      hexOf(shortString('felt252')),
    ]
    expect(schema.slice(-8)).toEqual([...member('upgrade_1'), ...member('upgrade_2')])
    expect([old('schema')[2], schema[2]].map(Number)).toEqual([8, 10])
    expect(schema.length).toBe(old('schema').length + 8)
    expect([grown('unpacked_size'), grown('dojo_name')]).toEqual([['0x0', '0x9'], old('dojo_name')])
    expect(grown('definition')).toEqual([
      ...grown('dojo_name'),
      ...grown('layout'),
      ...schema,
      ...grown('packed_size'),
      ...grown('unpacked_size'),
    ])
  })

  it('makes later records longer, and rows readable under the layout before and after', () => {
    const node = open()
    const before = create(node, 6, 0)
    node.mine()
    const first = createdBy(node, before)
    upgrade(node)
    const after = create(node, 7, 0)
    node.mine()
    const second = createdBy(node, after)
    expect([first.values.length, second.values.length]).toEqual([7, 8])
    expect(second.values.at(-1)).toBe('0x0')
    const [oldLayout, newLayout] = [0, 1].map((times) =>
      reading(node, modelAddress(ADVENTURER, times))('layout'),
    )
    const world = reading(node, worldAddress)
    const row = (entityId: Felt, layout: readonly Felt[] = []) =>
      world('entity', [ADVENTURER, '0x1', entityId, ...layout])
    expect(row(first.entityId, oldLayout)).toEqual(['0x7', ...first.values])
    expect(row(first.entityId, newLayout)).toEqual(['0x8', ...first.values, '0x0'])
    expect(row(second.entityId, newLayout)).toEqual(['0x8', ...second.values])
    expect(
      world('entities', [
        ADVENTURER,
        '0x2',
        ...(['0x1', first.entityId] as const),
        ...(['0x1', second.entityId] as const),
        ...(newLayout ?? []),
      ]),
    ).toEqual(['0x2', '0x8', ...first.values, '0x0', '0x8', ...second.values])
    const member = ['0x2', first.entityId, selectorOfName('upgrade_1')] as const
    expect(world('entity', [ADVENTURER, ...member, '0x0', '0x1', hexOf(251n)])).toEqual([
      '0x1',
      '0x0',
    ])
  })

  it('shows in a trace the layout under which the record was written', () => {
    const node = open()
    upgrade(node)
    const hash = create(node, 6, 0)
    node.mine()
    const layout = reading(node, modelAddress(ADVENTURER, 1))('layout')
    const trace = resultOf<{ execute_invocation: { calls: { calls: { calldata: Felt[] }[] }[] } }>(
      node,
      'starknet_traceTransaction',
      { transaction_hash: hash },
    )
    const written = trace.execute_invocation.calls[0]?.calls.find(
      ({ calldata }) => calldata[0] === ADVENTURER,
    )
    expect(written?.calldata.slice(-layout.length)).toEqual(layout)
  })

  it('holds from its block on: reads of the past, simulations on it, and a reorg know nothing of it', () => {
    const node = open()
    upgrade(node)
    node.mine()
    const genesis = { block_number: 0 }
    expect(reading(node, worldAddress, genesis)('resource', [ADVENTURER])[1]).toBe(
      modelAddress(ADVENTURER, 0),
    )
    const simulated = (block_id: unknown) =>
      JSON.stringify(
        resultOf(node, 'starknet_simulateTransactions', {
          block_id,
          transactions: [signedTransaction(accountAt(node, 6), 0, [createAdventurer])],
          simulation_flags: [],
        }),
      ).length
    expect(simulated('latest')).toBeGreaterThan(simulated(genesis))
    node.chain.reorg(1, false)
    expect(reading(node, worldAddress)('resource', [ADVENTURER])[1]).toBe(
      modelAddress(ADVENTURER, 0),
    )
    create(node, 6, 0)
    node.mine()
    expect(createdBy(node, node.chain.store.transactionHashes(1)[0] as Felt).values).toHaveLength(7)
  })

  it('can happen so many times, and to models alone', () => {
    const node = open()
    for (let times = 0; times < MODEL_UPGRADES_MAX; times += 1) upgrade(node)
    expect(ask(node, 'sandbox_upgradeModel', { model: 'Adventurer' }).error?.code).toBe(63)
    expect(ask(node, 'sandbox_upgradeModel', { model: 'AdventurerCreated' }).error?.code).toBe(
      -32602,
    )
  })
})

describe('ModelUpgraded that nobody emitted for an upgrade', () => {
  it.each([
    ['of another contract', { ...modelUpgraded(ADVENTURER, 0), from_address: '0x1' as Felt }],
    ['of the upgrade after the next', modelUpgraded(ADVENTURER, 1)],
    ['without data', { ...modelUpgraded(ADVENTURER, 0), data: [] }],
    [
      'without a model',
      { ...modelUpgraded(ADVENTURER, 0), keys: [WORLD_EVENT_SELECTORS.ModelUpgraded] },
    ],
  ])('upgrades nothing: %s', (_, event) => {
    expect(upgradesWith(new Map(), [event])).toEqual(new Map())
    expect(upgradesWith(new Map(), [modelUpgraded(ADVENTURER, 0)])).toEqual(
      new Map([[ADVENTURER, 1]]),
    )
  })
})
