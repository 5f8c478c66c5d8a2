/** Views of contracts as a Starknet node answers them for the state after one block. */
import { z } from 'zod'
import { persistently } from '../../../domain/waiting/persistently.ts'
import type { JsonRpcClient } from '../../starknet/json-rpc-client.ts'
import { felt, parsedAnswer } from '../../starknet/rpc-answers.ts'
import type { CallView } from './contract-rows.ts'

/** Failures of one call in a row of which the last counts. */
const CALL_FAILURES_MAX = 4

const felts = z.array(felt)

/**
 * Calls after the block that `blockId` names, as the specification has it. They throw FatalError
 * where the node refuses, RetryableError where it stays out of reach for several tries, and the
 * signal's reason once it has aborted.
 */
export const nodeCalls =
  (rpc: JsonRpcClient, blockId: object | string, signal: AbortSignal): CallView =>
  (to, entrypoint, calldata) =>
    persistently(
      async () => {
        const request = { contract_address: to, entry_point_selector: entrypoint, calldata }
        const answer = await rpc.call('starknet_call', { request, block_id: blockId }, signal)
        return parsedAnswer(felts, answer, 'The answer of a view')
      },
      signal,
      { failuresMax: CALL_FAILURES_MAX },
    )
