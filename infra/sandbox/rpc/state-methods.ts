/** JSON-RPC methods about the state after any block: nonces, classes, read-only calls. */
import { z } from 'zod'
import type { Felt } from '../../../domain/felt.ts'
import { accountStorage, callAccountView } from '../chain/account-contract.ts'
import type { SandboxAccount } from '../chain/accounts.ts'
import type { StatePoint } from '../chain/chain-state.ts'
import { CLASS_WITHOUT_PROGRAM, keepsRows } from '../chain/deployed-classes.ts'
import { feltsOfGame } from '../chain/execution.ts'
import { CallReverted, ContractUnknown, EntrypointUnknown } from '../chain/game.ts'
import { CALLDATA_FELTS_MAX, feltSchema } from '../chain/invoke-transaction.ts'
import { type BlockId, blockIdSchema, findState, type RpcContext } from './context.ts'
import { type RpcAnswer, refusal } from './errors.ts'
import { type RpcMethods, rpcMethod } from './method.ts'

const callSchema = z.object({
  contract_address: feltSchema,
  entry_point_selector: feltSchema,
  calldata: z.array(feltSchema).max(CALLDATA_FELTS_MAX),
})
type FunctionCall = z.output<typeof callSchema>

/** Storage keys have 251 bits. */
const storageKeySchema = feltSchema.refine((key) => BigInt(key) < 1n << 251n, {
  message: 'must be below 2^251',
})

const contractError = (
  { chain }: RpcContext,
  call: FunctionCall,
  at: StatePoint,
  error: string,
): RpcAnswer =>
  refusal('CONTRACT_ERROR', {
    revert_error: {
      contract_address: call.contract_address,
      class_hash: chain.classHashAt(call.contract_address, at) ?? '0x0',
      selector: call.entry_point_selector,
      error,
    },
  })

const accountAt = ({ chain }: RpcContext, address: Felt): SandboxAccount | null =>
  chain.accounts.find((account) => account.address === address) ?? null

const callAccount = (
  context: RpcContext,
  call: FunctionCall,
  at: StatePoint,
  account: SandboxAccount,
): RpcAnswer => {
  const answered = callAccountView(
    account,
    call.entry_point_selector,
    call.calldata,
    (message, signature) =>
      context.chain.isValidSignature(account.address, message, signature) === true,
  )
  if (answered === null) return refusal('ENTRYPOINT_NOT_FOUND')
  return 'panic' in answered
    ? contractError(context, call, at, answered.panic)
    : { result: answered.result }
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
    if (error instanceof CallReverted) return contractError(context, call, at, error.message)
    throw error
  }
}

const atState = (
  context: RpcContext,
  id: BlockId,
  answer: (at: StatePoint) => RpcAnswer,
): RpcAnswer => {
  const at = findState(context, id)
  return at === null ? refusal('BLOCK_NOT_FOUND') : answer(at)
}

const atContract = { block_id: blockIdSchema, contract_address: feltSchema }

const classHashAnswer = (
  { chain }: RpcContext,
  address: Felt,
  at: StatePoint,
  show: (classHash: Felt) => unknown,
): RpcAnswer => {
  const classHash = chain.classHashAt(address, at)
  return classHash === null ? refusal('CONTRACT_NOT_FOUND') : { result: show(classHash) }
}

/**
 * The value of a storage slot. The storage of accounts is known, and the contracts of models and
 * events have none. The World and the game's systems are kept as rows: answering 0x0 for slots that
 * they really have would be wrong.
 */
const storageAnswer = (context: RpcContext, address: Felt, key: Felt): RpcAnswer => {
  const account = accountAt(context, address)
  if (account !== null) return { result: accountStorage(account, key) }
  return keepsRows(address)
    ? refusal(
        'UNEXPECTED_ERROR',
        'the sandbox keeps rows, not storage slots: call the World’s `entity`',
      )
    : { result: '0x0' }
}

export const stateMethods: RpcMethods = {
  starknet_getNonce: rpcMethod(atContract, (context, { block_id, contract_address }) =>
    atState(context, block_id, (at) => {
      const nonce = context.chain.nonce(contract_address, at)
      if (nonce === null) return classHashAnswer(context, contract_address, at, () => '0x0')
      return { result: `0x${nonce.toString(16)}` }
    }),
  ),

  starknet_getClassHashAt: rpcMethod(atContract, (context, { block_id, contract_address }) =>
    atState(context, block_id, (at) =>
      classHashAnswer(context, contract_address, at, (classHash) => classHash),
    ),
  ),

  starknet_getClassAt: rpcMethod(atContract, (context, { block_id, contract_address }) =>
    atState(context, block_id, (at) =>
      classHashAnswer(context, contract_address, at, () => CLASS_WITHOUT_PROGRAM),
    ),
  ),

  starknet_getClass: rpcMethod(
    { block_id: blockIdSchema, class_hash: feltSchema },
    (context, { block_id, class_hash }) =>
      atState(context, block_id, (at) =>
        context.chain.hasClass(class_hash, at)
          ? { result: CLASS_WITHOUT_PROGRAM }
          : refusal('CLASS_HASH_NOT_FOUND'),
      ),
  ),

  starknet_getStorageAt: rpcMethod(
    { contract_address: feltSchema, key: storageKeySchema, block_id: blockIdSchema },
    (context, { contract_address, key, block_id }) =>
      atState(context, block_id, (at) =>
        context.chain.classHashAt(contract_address, at) === null
          ? refusal('CONTRACT_NOT_FOUND')
          : storageAnswer(context, contract_address, key),
      ),
  ),

  starknet_call: rpcMethod(
    { request: callSchema, block_id: blockIdSchema },
    (context, { request, block_id }) =>
      atState(context, block_id, (at) => {
        const account = accountAt(context, request.contract_address)
        return account === null
          ? callGame(context, request, at)
          : callAccount(context, request, at, account)
      }),
  ),
}
