import { RpcProvider } from 'starknet'
import { describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { selectorOfName } from '../../../schemas/crypto/starknet.ts'
import type { Call } from '../chain/game.ts'
import { createGame } from '../game/create-game.ts'
import {
  accountAt,
  add,
  ask,
  failingCall,
  nonceOf,
  resultOf,
  send,
  signedTransaction,
  tallyOf,
} from '../sandbox.testing.ts'
import type { SandboxNode, SandboxParts } from '../sandbox-node.ts'
import { testNodes } from '../sandbox-nodes.testing.ts'
import { startRpcServer } from './server.ts'

const { open: openNode } = testNodes()
const open = (parts: Partial<SandboxParts> = {}): SandboxNode => openNode({}, undefined, parts)

type Invocation = Readonly<{
  contract_address: Felt
  entry_point_selector: Felt
  caller_address: Felt
  calldata: Felt[]
  result: Felt[]
  calls: Invocation[]
  events: { order: number; keys: Felt[]; data: Felt[] }[]
}>
type Trace = Readonly<{
  type: string
  validate_invocation?: Invocation
  execute_invocation: Invocation & Readonly<{ revert_reason?: string }>
  execution_resources: object
}>
type Simulated = Readonly<{ transaction_trace: Trace; fee_estimation: { overall_fee: Felt } }>

const simulate = (
  node: SandboxNode,
  transactions: unknown[],
  simulation_flags: string[] = [],
  block_id: unknown = 'latest',
) =>
  resultOf<Simulated[]>(node, 'starknet_simulateTransactions', {
    block_id,
    transactions,
    simulation_flags,
  })

const eventsIn = ({ calls, events }: Invocation): Invocation['events'] => [
  ...events,
  ...calls.flatMap(eventsIn),
]

describe('a simulation', () => {
  it('shows each call with what it returned and emitted, one transaction on top of the other, and leaves no trace', () => {
    const node = open()
    const bot = accountAt(node, 6)
    const [first, second] = simulate(node, [
      signedTransaction(bot, 0, [add(5n, 3n), add(5n, 4n)]),
      signedTransaction(bot, 1, [add(5n, 1n)]),
    ])
    expect(first?.transaction_trace.execute_invocation.calls.map(({ result }) => result)).toEqual([
      ['0x3'],
      ['0x7'],
    ])
    expect(second?.transaction_trace.execute_invocation.result).toEqual(['0x1', '0x1', '0x8'])
    expect(
      eventsIn(first?.transaction_trace.execute_invocation as Invocation).map(({ order }) => order),
    ).toEqual([0, 1])
    expect(BigInt(first?.fee_estimation.overall_fee ?? '0x0')).toBeGreaterThan(0n)
    expect([tallyOf(node, 5n), nonceOf(node, bot, 'pre_confirmed')]).toEqual(['0x0', '0x0'])
  })

  it('shows a revert as one, and goes on with the next transaction', () => {
    const node = open()
    const bot = accountAt(node, 6)
    const [reverted, fine] = simulate(node, [
      signedTransaction(bot, 0, [add(5n, 3n), failingCall]),
      signedTransaction(bot, 1, [add(5n, 1n)]),
    ])
    expect(reverted?.transaction_trace.execute_invocation).toEqual({
      revert_reason: 'asked to fail',
    })
    expect(fine?.transaction_trace.execute_invocation.calls[0]?.result).toEqual(['0x1'])
  })

  it('checks signatures unless told not to, and says which transaction is wrong', () => {
    const node = open()
    const transactions = [0, 1].map((nonce) =>
      signedTransaction(accountAt(node, 6), nonce, [add(1n, 1n)], nonce ? { signature: [] } : {}),
    )
    const params = { block_id: 'latest', transactions, simulation_flags: [] }
    expect(ask(node, 'starknet_simulateTransactions', params).error).toMatchObject({
      code: 41,
      data: { transaction_index: 1 },
    })
    const [, unsigned] = simulate(node, transactions, ['SKIP_VALIDATE', 'SKIP_FEE_CHARGE'])
    expect(unsigned?.transaction_trace).not.toHaveProperty('validate_invocation')
    expect(
      simulate(node, transactions.slice(0, 1))[0]?.transaction_trace.validate_invocation?.result,
    ).toEqual(['0x56414c4944'])
  })

  it('stands on pending transactions at the pre-confirmed block, and on an older state at an older one', () => {
    const node = open()
    const bot = accountAt(node, 6)
    send(node, signedTransaction(bot, 0, [add(5n, 10n)]))
    node.mine()
    send(node, signedTransaction(bot, 1, [add(5n, 10n)]))
    const at = (nonce: number, block: unknown) =>
      simulate(
        node,
        [signedTransaction(bot, nonce, [add(5n, 1n)])],
        [],
        block,
      )[0]?.transaction_trace.execute_invocation.result.at(-1)
    expect([at(0, { block_number: 0 }), at(1, 'latest'), at(2, 'pre_confirmed')]).toEqual([
      '0x1',
      '0xb',
      '0x15',
    ])
  })
})

describe('traces of the game', () => {
  const createAdventurer: Call = {
    to: BigInt(infiniteHexAdventurers.contracts.adventurer_manager.address),
    selector: BigInt(selectorOfName('create_adventurer')),
    calldata: [0x41n],
  }
  const played = () => {
    const node = open({ createGame })
    const bot = accountAt(node, 6)
    const [simulated] = simulate(node, [
      signedTransaction(bot, 0, [createAdventurer, createAdventurer]),
    ])
    const hash = send(node, signedTransaction(bot, 0, [createAdventurer, createAdventurer]))
    node.mine()
    return { node, hash, simulated }
  }

  it('name the World’s calls by which rows are written and events emitted, and hold the receipt’s events in order', () => {
    const { node, hash, simulated } = played()
    const trace = resultOf<Trace>(node, 'starknet_traceTransaction', { transaction_hash: hash })
    expect(trace).toEqual(simulated?.transaction_trace)
    const events = eventsIn(trace.execute_invocation).toSorted((a, b) => a.order - b.order)
    const receipt = node.chain.store.transactionByHash(hash)?.receipt
    expect(events.map(({ keys, data }) => ({ keys, data }))).toEqual(
      receipt?.events.map(({ keys, data }) => ({ keys, data })),
    )
    const [first] = trace.execute_invocation.calls
    expect(first?.contract_address).toBe(
      infiniteHexAdventurers.contracts.adventurer_manager.address,
    )
    const worldCalls = new Set(first?.calls.map(({ entry_point_selector }) => entry_point_selector))
    expect(worldCalls).toEqual(
      new Set([selectorOfName('set_entity'), selectorOfName('emit_event')]),
    )
    expect(
      first?.calls.every(({ contract_address }) => contract_address === node.chain.worldAddress),
    ).toBe(true)
  })

  it('of a block are those of its transactions', () => {
    const { node, hash } = played()
    const traces = resultOf<{ transaction_hash: Felt; trace_root: Trace }[]>(
      node,
      'starknet_traceBlockTransactions',
      {
        block_id: { block_number: 1 },
      },
    )
    expect(traces).toEqual([
      {
        transaction_hash: hash,
        trace_root: resultOf(node, 'starknet_traceTransaction', { transaction_hash: hash }),
      },
    ])
    expect(
      ask(node, 'starknet_traceBlockTransactions', { block_id: 'pre_confirmed' }).error?.code,
    ).toBe(-32602)
    expect(ask(node, 'starknet_traceTransaction', { transaction_hash: '0x99' }).error?.code).toBe(
      29,
    )
  })

  it('are read by starknet.js', async () => {
    const { node, hash } = played()
    const server = await startRpcServer(0, node, (error) => {
      throw error
    })
    const provider = new RpcProvider({ nodeUrl: server.url })
    expect((await provider.getTransactionTrace(hash)).type).toBe('INVOKE')
    expect(await provider.getBlockTransactionsTraces(1)).toHaveLength(1)
    const update = await provider.getStateUpdate(1)
    expect(update.state_diff.nonces).toEqual([
      { contract_address: accountAt(node, 6).address, nonce: '0x1' },
    ])
    await server.close()
  })
})

describe('storage', () => {
  it('is refused rather than made up', () => {
    const node = open()
    const read = (contract_address: Felt, block_id: unknown = 'latest') =>
      ask(node, 'starknet_getStorageAt', { contract_address, key: '0x1', block_id }).error?.code
    expect([
      read(node.chain.worldAddress),
      read('0x99'),
      read('0x99', { block_number: 7 }),
    ]).toEqual([63, 20, 24])
  })
})
