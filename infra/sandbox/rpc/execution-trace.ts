/**
 * The trace of a transaction as JSON-RPC has it: the account's `__execute__`, the calls that it
 * makes, and below each the calls of the World by which a Dojo system emits events and writes rows,
 * with the calldata that Dojo 1.8 gives them.
 */
import { type Felt, spellFelt } from '../../../domain/felt.ts'
import { selectorOfName } from '../../../schemas/crypto/starknet.ts'
import { WORLD_EVENT_SELECTORS } from '../../../schemas/worlds/selectors.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import type { ChainEvent, ExecutedTransaction } from '../chain/block.ts'
import { L1_DATA_GAS } from '../chain/fees.ts'
import { callsOfCalldata } from '../chain/invoke-transaction.ts'
import { layoutOfValues } from '../chain/upgraded-views.ts'

export type TraceContext = Readonly<{
  classHashAt: (address: Felt) => Felt | null
  worldAddress: Felt
  /** Whether the signature was checked. */
  validated: boolean
}>

const EXECUTE = selectorOfName('__execute__')
const VALIDATE = selectorOfName('__validate__')
const EMIT_EVENT = selectorOfName('emit_event')
const SET_ENTITY = selectorOfName('set_entity')
const VALID = spellFelt(shortString('VALID'))

const hex = (value: bigint): Felt => `0x${value.toString(16)}`

type Invocation = Readonly<{
  contract_address: Felt
  entry_point_selector: Felt
  calldata: readonly Felt[]
  caller_address: Felt
  class_hash: Felt
  entry_point_type: 'EXTERNAL'
  call_type: 'CALL'
  result: readonly Felt[]
  calls: readonly Invocation[]
  events: readonly Readonly<{ order: number; keys: readonly Felt[]; data: readonly Felt[] }>[]
  messages: readonly []
  execution_resources: Readonly<{ l1_gas: 0; l2_gas: number }>
  is_reverted: false
}>

type Called = Pick<
  Invocation,
  'contract_address' | 'entry_point_selector' | 'calldata' | 'caller_address'
> &
  Partial<Pick<Invocation, 'result' | 'calls' | 'events'>> &
  Readonly<{ l2Gas?: number }>

/** Gas is known for the whole transaction only; inner calls are given none of their own. */
const invocation = (
  { classHashAt }: TraceContext,
  { l2Gas = 0, ...called }: Called,
): Invocation => ({
  contract_address: called.contract_address,
  entry_point_selector: called.entry_point_selector,
  calldata: called.calldata,
  caller_address: called.caller_address,
  class_hash: classHashAt(called.contract_address) ?? '0x0',
  entry_point_type: 'EXTERNAL',
  call_type: 'CALL',
  result: called.result ?? [],
  calls: called.calls ?? [],
  events: called.events ?? [],
  messages: [],
  execution_resources: { l1_gas: 0, l2_gas: l2Gas },
  is_reverted: false,
})

/** The call of the World that emitted an event. */
const worldCallOf = (
  event: ChainEvent,
  order: number,
  caller: Felt,
  context: TraceContext,
): Invocation => {
  const { keys, data } = event
  const isWrite = keys[0] === WORLD_EVENT_SELECTORS.StoreSetRecord
  const selector = keys[1] ?? '0x0'
  const index: Felt = '0x0' // of `ModelIndex::Keys`
  // A record's data are its keys and its values, each behind their number.
  const layout = isWrite ? layoutOfValues(selector, Number(data[1 + Number(data[0])])) : []
  return invocation(context, {
    contract_address: event.from_address,
    entry_point_selector: isWrite ? SET_ENTITY : EMIT_EVENT,
    calldata: isWrite ? [selector, index, ...data, ...layout] : [selector, ...data],
    caller_address: caller,
    events: [{ order, keys, data }],
  })
}

const callsOf = (
  { transaction, receipt, calls }: ExecutedTransaction,
  context: TraceContext,
): readonly Invocation[] => {
  let order = 0
  return (callsOfCalldata(transaction.calldata) ?? []).map(({ to, selector, calldata }, at) => {
    const address = hex(to)
    const { events, returned } = calls[at] ?? { events: 0, returned: [] }
    const emitted = receipt.events.slice(order, order + events)
    const first = order
    order += events
    return invocation(context, {
      contract_address: address,
      entry_point_selector: hex(selector),
      calldata: calldata.map(hex),
      caller_address: transaction.sender_address,
      result: returned,
      calls: emitted.map((event, index) => worldCallOf(event, first + index, address, context)),
    })
  })
}

/** Cairo's `Array<Span<felt252>>`: what `__execute__` returns. */
const executeResult = (calls: readonly Invocation[]): readonly Felt[] => [
  hex(BigInt(calls.length)),
  ...calls.flatMap(({ result }) => [hex(BigInt(result.length)), ...result]),
]

/** An `INVOKE_TXN_TRACE`. */
export const executionTrace = (executed: ExecutedTransaction, context: TraceContext) => {
  const { transaction, receipt } = executed
  const { l2Gas, revertReason } = receipt
  const { calldata, sender_address } = transaction
  const root = { contract_address: sender_address, calldata, caller_address: '0x0' } as const
  const calls = revertReason === null ? callsOf(executed, context) : []
  return {
    type: 'INVOKE',
    ...(context.validated
      ? {
          validate_invocation: invocation(context, {
            ...root,
            entry_point_selector: VALIDATE,
            result: [VALID],
          }),
        }
      : {}),
    execute_invocation:
      revertReason === null
        ? invocation(context, {
            ...root,
            entry_point_selector: EXECUTE,
            calls,
            result: executeResult(calls),
            l2Gas,
          })
        : { revert_reason: revertReason },
    execution_resources: { l1_gas: 0, l1_data_gas: L1_DATA_GAS, l2_gas: l2Gas },
  } as const
}
