/**
 * Methods of the specification about things that the sandbox does not have: an L1, storage tries,
 * Cairo. Each is refused with a code that a real node uses for such a request, after the checks
 * that a real node makes first.
 */
import { z } from 'zod'
import { ACCOUNT_CLASS_HASH } from '../chain/accounts.ts'
import { CALLDATA_FELTS_MAX, feltSchema, INVOKE_VERSION } from '../chain/invoke-transaction.ts'
import { blockIdSchema, findBlock, findState } from './context.ts'
import { type RpcAnswer, refusal } from './errors.ts'
import { type RpcMethods, rpcMethod } from './method.ts'

const CLASSES_MAX = 100
const CONTRACTS_MAX = 100
const KEYS_MAX = 1_000

const l1HashSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/, 'must be 0x and at most 64 hex digits')
const ethereumAddressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be 0x and 40 hex digits')

const messageSchema = z.object({
  from_address: ethereumAddressSchema,
  to_address: feltSchema,
  entry_point_selector: feltSchema,
  payload: z.array(feltSchema).max(CALLDATA_FELTS_MAX),
})

const felts = (max: number) => z.array(feltSchema).max(max).optional()

const storageKeysSchema = z
  .array(
    z.object({ contract_address: feltSchema, storage_keys: z.array(feltSchema).max(KEYS_MAX) }),
  )
  .max(CONTRACTS_MAX)
  .optional()

/**
 * All versions of the protocol since 0.14 take version 3 alone; the older ones have other fields.
 */
const versionFault = (version: string): RpcAnswer | null =>
  version === INVOKE_VERSION
    ? null
    : refusal('UNSUPPORTED_TX_VERSION', `version ${version} is not ${INVOKE_VERSION}`)

const declareSchema = z.looseObject({
  type: z.literal('DECLARE'),
  version: feltSchema,
  sender_address: feltSchema,
  contract_class: z.looseObject({ sierra_program: z.array(z.string()) }),
})

const deploySchema = z.looseObject({
  type: z.literal('DEPLOY_ACCOUNT'),
  version: feltSchema,
  class_hash: feltSchema,
  contract_address_salt: feltSchema,
  constructor_calldata: z.array(feltSchema).max(CALLDATA_FELTS_MAX),
})

export const foreignMethods: RpcMethods = {
  // No messages come from L1, so no L1 transaction has any.
  starknet_getMessagesStatus: rpcMethod({ transaction_hash: l1HashSchema }, () =>
    refusal('TXN_HASH_NOT_FOUND'),
  ),

  starknet_estimateMessageFee: rpcMethod(
    { message: messageSchema, block_id: blockIdSchema },
    (context, { message, block_id }) => {
      const at = findState(context, block_id)
      if (at === null) return refusal('BLOCK_NOT_FOUND')
      const { entry_point_selector: selector, to_address: contract_address } = message
      const class_hash = context.chain.classHashAt(contract_address, at)
      if (class_hash === null) return refusal('CONTRACT_NOT_FOUND')
      const error = `Entry point EntryPointSelector(${selector}) not found in contract.`
      return refusal('CONTRACT_ERROR', {
        revert_error: { contract_address, class_hash, selector, error },
      })
    },
  ),

  starknet_getStorageProof: rpcMethod(
    {
      block_id: blockIdSchema,
      class_hashes: felts(CLASSES_MAX),
      contract_addresses: felts(CONTRACTS_MAX),
      contracts_storage_keys: storageKeysSchema,
    },
    (context, { block_id }) => {
      if (block_id.kind === 'tag' && block_id.tag === 'pre_confirmed') {
        return refusal('INVALID_PARAMS', {
          field: 'block_id',
          reason: 'a pre-confirmed block has no storage proofs',
        })
      }
      return refusal(
        findBlock(context, block_id) === null ? 'BLOCK_NOT_FOUND' : 'STORAGE_PROOF_NOT_SUPPORTED',
      )
    },
  ),

  starknet_getCompiledCasm: rpcMethod({ class_hash: feltSchema }, ({ chain }, { class_hash }) =>
    chain.hasClass(class_hash, 'pre-confirmed')
      ? refusal('COMPILATION_ERROR', {
          compilation_error: 'the sandbox runs no Cairo: its classes have no program',
        })
      : refusal('CLASS_HASH_NOT_FOUND'),
  ),

  starknet_addDeclareTransaction: rpcMethod(
    { declare_transaction: declareSchema },
    (_, { declare_transaction }) => {
      const reason = 'the sandbox runs no Cairo: all its classes are declared at genesis'
      return versionFault(declare_transaction.version) ?? refusal('COMPILATION_FAILED', reason)
    },
  ),

  starknet_addDeployAccountTransaction: rpcMethod(
    { deploy_account_transaction: deploySchema },
    (_, { deploy_account_transaction: { class_hash, version } }) => {
      const unsupported = versionFault(version)
      if (unsupported !== null) return unsupported
      if (class_hash !== ACCOUNT_CLASS_HASH) return refusal('CLASS_HASH_NOT_FOUND')
      return refusal(
        'UNEXPECTED_ERROR',
        'the sandbox deploys all its accounts at genesis (dev_predeployedAccounts)',
      )
    },
  ),
}
