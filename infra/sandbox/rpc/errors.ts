/**
 * Refusals of the JSON-RPC interface: names, codes and messages of the Starknet specification, in
 * one table.
 */

const CODES = {
  NO_TRACE_AVAILABLE: [10, 'No trace available for transaction'],
  CONTRACT_NOT_FOUND: [20, 'Contract not found'],
  ENTRYPOINT_NOT_FOUND: [21, 'Requested entry point does not exist in the contract'],
  BLOCK_NOT_FOUND: [24, 'Block not found'],
  INVALID_TXN_INDEX: [27, 'Invalid transaction index in a block'],
  CLASS_HASH_NOT_FOUND: [28, 'Class hash not found'],
  TXN_HASH_NOT_FOUND: [29, 'Transaction hash not found'],
  PAGE_SIZE_TOO_BIG: [31, 'Requested page size is too big'],
  INVALID_CONTINUATION_TOKEN: [33, 'The supplied continuation token is invalid or unknown'],
  TOO_MANY_KEYS_IN_FILTER: [34, 'Too many keys provided in a filter'],
  CONTRACT_ERROR: [40, 'Contract error'],
  TRANSACTION_EXECUTION_ERROR: [41, 'Transaction execution error'],
  STORAGE_PROOF_NOT_SUPPORTED: [
    42,
    "the node doesn't support storage proofs for blocks that are too far in the past",
  ],
  INVALID_TRANSACTION_NONCE: [52, 'Invalid transaction nonce'],
  INSUFFICIENT_RESOURCES_FOR_VALIDATE: [
    53,
    "The transaction's resources don't cover validation or the minimal transaction fee",
  ],
  VALIDATION_FAILURE: [55, 'Account validation failed'],
  COMPILATION_FAILED: [56, 'Compilation failed'],
  NON_ACCOUNT: [58, 'Sender address is not an account contract'],
  DUPLICATE_TX: [59, 'A transaction with the same hash already exists in the mempool'],
  UNSUPPORTED_TX_VERSION: [61, 'the transaction version is not supported'],
  UNEXPECTED_ERROR: [63, 'An unexpected error occurred'],
  REPLACEMENT_TRANSACTION_UNDERPRICED: [64, 'Replacement transaction is underpriced'],
  INVALID_SUBSCRIPTION_ID: [66, 'Invalid subscription id'],
  TOO_MANY_ADDRESSES_IN_FILTER: [67, 'Too many addresses in filter sender_address filter'],
  TOO_MANY_BLOCKS_BACK: [68, 'Cannot go back more than 1024 blocks'],
  COMPILATION_ERROR: [100, 'Failed to compile the contract'],
  PARSE_ERROR: [-32700, 'Parse error'],
  INVALID_REQUEST: [-32600, 'Invalid request'],
  METHOD_NOT_FOUND: [-32601, 'Method not found'],
  INVALID_PARAMS: [-32602, 'Invalid params'],
  INTERNAL_ERROR: [-32603, 'Internal error'],
  // The code and the words of the library that Katana is built on.
  BATCH_ANSWER_TOO_LARGE: [-32011, 'The batch response was too large'],
} as const satisfies Record<string, readonly [code: number, message: string]>

export type RpcErrorName = keyof typeof CODES

export type RpcError = Readonly<{ code: number; message: string; data?: unknown }>
export type RpcAnswer = Readonly<{ result: unknown }> | Readonly<{ error: RpcError }>

/** A refusal as JSON-RPC says it; `data` says what was wrong and where. */
export const refusal = (name: RpcErrorName, data?: unknown): Readonly<{ error: RpcError }> => {
  const [code, message] = CODES[name]
  return { error: data === undefined ? { code, message } : { code, message, data } }
}
