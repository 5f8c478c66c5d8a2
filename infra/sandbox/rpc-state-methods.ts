/** JSON-RPC methods about the state after any block: nonces, classes, read-only calls. */
import { z } from 'zod'
import { type Felt, feltOfShortString } from '../../domain/felt.ts'
import { selectorOfName } from '../../schemas/starknet.ts'
import type { StatePoint } from './chain-state.ts'
import { CLASS_WITHOUT_PROGRAM } from './contracts.ts'
import { feltsOfGame } from './execution.ts'
import { CallReverted, ContractUnknown, EntrypointUnknown } from './game.ts'
import { CALLDATA_FELTS_MAX, feltSchema } from './invoke-transaction.ts'
import { type BlockId, blockIdSchema, findState, type RpcContext } from './rpc-context.ts'
import { type RpcAnswer, refusal } from './rpc-errors.ts'
import { type RpcMethods, rpcMethod } from './rpc-method.ts'

const VALID = feltOfShortString('VALID') as Felt // ASCII
const ENTRYPOINTS = {
  [selectorOfName('is_valid_signature')]: 'is_valid_signature',
  [selectorOfName('isValidSignature')]: 'is_valid_signature',
  [selectorOfName('get_public_key')]: 'get_public_key',
  [selectorOfName('getPublicKey')]: 'get_public_key',
} as const

const callSchema = z.object({
  contract_address: feltSchema,
  entry_point_selector: feltSchema,
  calldata: z.array(feltSchema).max(CALLDATA_FELTS_MAX),
})
type FunctionCall = z.output<typeof callSchema>

const contractError = ({ chain }: RpcContext, call: FunctionCall, error: string): RpcAnswer =>
  refusal('CONTRACT_ERROR', {
    revert_error: {
      contract_address: call.contract_address,
      class_hash: chain.classHashAt(call.contract_address) ?? '0x0',
      selector: call.entry_point_selector,
      error,
    },
  })

/** Calls that an account contract answers; null when no account stands there. */
const callAccount = (context: RpcContext, call: FunctionCall): RpcAnswer | null => {
  const { chain } = context
  const account = chain.accounts.find(({ address }) => address === call.contract_address)
  if (account === undefined) return null
  const entrypoint = ENTRYPOINTS[call.entry_point_selector as keyof typeof ENTRYPOINTS]
  switch (entrypoint) {
    case 'get_public_key':
      return { result: [account.publicKey] }
    case 'is_valid_signature': {
      const [message, length, ...signature] = call.calldata
      if (message === undefined || length === undefined || BigInt(length) !== BigInt(signature.length)) {
        return contractError(context, call, 'Failed to deserialize calldata')
      }
      return { result: [chain.isValidSignature(account.address, message, signature) === true ? VALID : '0x0'] }
    }
    case undefined:
      return refusal('ENTRYPOINT_NOT_FOUND')
    default:
      return entrypoint satisfies never
  }
}

const callGame = (context: RpcContext, call: FunctionCall, at: StatePoint): RpcAnswer => {
  const { contract_address, entry_point_selector, calldata } = call
  const viewed = {
    to: BigInt(contract_address),
    selector: BigInt(entry_point_selector),
    calldata: calldata.map(BigInt),
  }
  try {
    return { result: feltsOfGame(context.chain.view(viewed, at)) }
  } catch (error) {
    if (error instanceof ContractUnknown) return refusal('CONTRACT_NOT_FOUND')
    if (error instanceof EntrypointUnknown) return refusal('ENTRYPOINT_NOT_FOUND')
    if (error instanceof CallReverted) return contractError(context, call, error.message)
    throw error
  }
}

const atState = (context: RpcContext, id: BlockId, answer: (at: StatePoint) => RpcAnswer): RpcAnswer => {
  const at = findState(context, id)
  return at === null ? refusal('BLOCK_NOT_FOUND') : answer(at)
}

const atContract = { block_id: blockIdSchema, contract_address: feltSchema }

const classHashAnswer = ({ chain }: RpcContext, address: Felt, show: (classHash: Felt) => unknown): RpcAnswer => {
  const classHash = chain.classHashAt(address)
  return classHash === null ? refusal('CONTRACT_NOT_FOUND') : { result: show(classHash) }
}

export const stateMethods: RpcMethods = {
  starknet_getNonce: rpcMethod(atContract, (context, { block_id, contract_address }) =>
    atState(context, block_id, (at) => {
      const nonce = context.chain.nonce(contract_address, at)
      if (nonce === null) return classHashAnswer(context, contract_address, () => '0x0')
      return { result: `0x${nonce.toString(16)}` }
    }),
  ),

  starknet_getClassHashAt: rpcMethod(atContract, (context, { block_id, contract_address }) =>
    atState(context, block_id, () => classHashAnswer(context, contract_address, (classHash) => classHash)),
  ),

  starknet_getClassAt: rpcMethod(atContract, (context, { block_id, contract_address }) =>
    atState(context, block_id, () => classHashAnswer(context, contract_address, () => CLASS_WITHOUT_PROGRAM)),
  ),

  starknet_getClass: rpcMethod(
    { block_id: blockIdSchema, class_hash: feltSchema },
    (context, { block_id, class_hash }) =>
      atState(context, block_id, () =>
        context.chain.hasClass(class_hash) ? { result: CLASS_WITHOUT_PROGRAM } : refusal('CLASS_HASH_NOT_FOUND'),
      ),
  ),

  // To answer 0x0 for slots that the World does have would be a lie; rows are read through its `entity` view.
  starknet_getStorageAt: rpcMethod(
    { contract_address: feltSchema, key: feltSchema, block_id: blockIdSchema },
    (context, { contract_address, block_id }) =>
      atState(context, block_id, () =>
        context.chain.classHashAt(contract_address) === null
          ? refusal('CONTRACT_NOT_FOUND')
          : refusal('UNEXPECTED_ERROR', 'the sandbox keeps rows, not storage slots: call the World’s `entity`'),
      ),
  ),

  starknet_call: rpcMethod({ request: callSchema, block_id: blockIdSchema }, (context, { request, block_id }) =>
    atState(context, block_id, (at) => callAccount(context, request) ?? callGame(context, request, at)),
  ),
}
