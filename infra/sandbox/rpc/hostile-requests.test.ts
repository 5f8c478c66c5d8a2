/**
 * Requests that are almost right, generated from a seed: each is answered by a result or by a code
 * that says what was wrong, never by an internal error, and the node keeps working.
 */
import { expect, it } from 'vitest'
import { createRandom } from '../../../agents/random.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { selectorOfName } from '../../../schemas/crypto/starknet.ts'
import { createGame } from '../game/create-game.ts'
import { accountAt, signedTransaction, tallySandbox } from '../sandbox.testing.ts'

const REQUESTS = 3_000
/** Share of a request's values that are replaced, in percent. */
const REPLACED_PERCENT = 8

const node = () => tallySandbox({}, undefined, { createGame })
const { worldAddress } = infiniteHexAdventurers
const latest = { block_id: 'latest' }

const transactionOf = (sandbox: ReturnType<typeof node>, nonce: number) =>
  signedTransaction(accountAt(sandbox, 6), nonce, [
    { to: BigInt(worldAddress), selector: 1n, calldata: [5n] },
  ])

/** A correct request of each kind. */
const requestsOf = (
  sandbox: ReturnType<typeof node>,
): readonly (readonly [method: string, params: object])[] => {
  const { address } = accountAt(sandbox, 6)
  const transaction = transactionOf(sandbox, 0)
  const [block] = sandbox.chain.store.transactionHashes(0)
  const known = { transaction_hash: block }
  const there = { ...latest, contract_address: address }
  const message = {
    from_address: `0x${'1'.repeat(40)}`,
    to_address: address,
    entry_point_selector: '0x1',
    payload: [],
  }
  const view = { contract_address: worldAddress, entry_point_selector: selectorOfName('entities') }
  return [
    ...[
      'getBlockWithTxs',
      'getBlockWithReceipts',
      'getBlockWithTxHashes',
      'getBlockTransactionCount',
    ].map((name) => [name, latest] as const),
    ...[
      'getTransactionByHash',
      'getTransactionReceipt',
      'getTransactionStatus',
      'traceTransaction',
    ].map((name) => [name, known] as const),
    ...['getNonce', 'getClassAt', 'getClassHashAt'].map((name) => [name, there] as const),
    ['getStateUpdate', { ...latest, contract_addresses: [address] }],
    ['getTransactionByBlockIdAndIndex', { ...latest, index: 0 }],
    ['addInvokeTransaction', { invoke_transaction: transaction }],
    ['estimateFee', { request: [transaction], simulation_flags: [], ...latest }],
    [
      'simulateTransactions',
      { ...latest, transactions: [transaction], simulation_flags: ['SKIP_VALIDATE'] },
    ],
    ['traceBlockTransactions', latest],
    ['getStorageAt', { ...there, key: '0x1' }],
    ['getClass', { ...latest, class_hash: '0x1' }],
    [
      'getEvents',
      {
        filter: {
          ...{ chunk_size: 5, from_block: { block_number: 0 }, to_block: 'pre_confirmed' },
          ...{ address: [worldAddress], keys: [['0x1'], []], continuation_token: '0-0-0' },
        },
      },
    ],
    [
      'call',
      {
        request: { ...view, calldata: ['0x1', '0x2', '0x1', '0x5', '0x0', '0x1', '0x7'] },
        ...latest,
      },
    ],
    ['estimateMessageFee', { message, ...latest }],
    [
      'getStorageProof',
      { ...latest, contracts_storage_keys: [{ contract_address: address, storage_keys: ['0x1'] }] },
    ],
    // As they stand above.
  ].map(([name, params]) => [`starknet_${name as string}`, params as object] as const)
}

const NASTY: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    1e15,
    1e99,
    '',
    '0x',
    '0X1',
    `0x${'f'.repeat(64)}`,
    `0x${'0'.repeat(70)}1`,
  ],
  ...[
    'latest',
    'pending',
    'l1_accepted',
    'pre_confirmed',
    '__proto__',
    '\u0000',
    '9-9-9',
    '1,2,3',
    'DECLARE',
    '0x1',
  ],
  ...[[], {}, [[]], [null], { block_number: 0 }, { block_number: -1 }, { block_hash: '0x1' }],
  { block_number: 1, block_hash: '0x1' },
  Array.from({ length: 300 }, () => '0x1'),
  Object.fromEntries([['__proto__', { block_number: 0 }]]),
]

it.each([1, 2, 3])('requests that are almost right are answered, from seed %i', (seed) => {
  const sandbox = node()
  const random = createRandom(seed)
  const below = (count: number): number => Math.floor(random() * count)
  const spoiled = (value: unknown): unknown => {
    if (below(100) < REPLACED_PERCENT) return NASTY[below(NASTY.length)]
    if (Array.isArray(value)) return value.map(spoiled)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, spoiled(member)]),
    )
  }
  const requests = requestsOf(sandbox)
  const codes = new Set<unknown>()
  for (let id = 0; id < REQUESTS; id += 1) {
    const [method, right] = requests[below(requests.length)] ?? ['', {}]
    const named = spoiled(right)
    const params =
      below(3) === 0 && typeof named === 'object' && named !== null ? Object.values(named) : named
    const text = JSON.stringify({ jsonrpc: '2.0', id, method, params })
    const answer = JSON.parse(
      sandbox.answer(text, below(2) === 0 ? '/rpc/v0_9' : '/rpc/v0_10').text ?? 'null',
    )
    expect(answer, text).toMatchObject({ jsonrpc: '2.0', id })
    expect(answer.error?.code, text).not.toBe(-32603)
    codes.add(answer.error?.code ?? 'result')
    if (below(100) === 0) sandbox.mine()
  }
  expect([...codes]).toEqual(expect.arrayContaining(['result', -32602, 20, 24, 28, 29, 42, 59]))
  sandbox.close()
})
