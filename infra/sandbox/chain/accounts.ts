/**
 * The sandbox's accounts: Katana's six default ones, which Dojo users expect, then one per bot,
 * derived from the seed. Their keys are public knowledge and valid on the sandbox's chain id only.
 */
import { createHash } from 'node:crypto'
import { ec, hash } from 'starknet'
import { FatalError } from '../../../domain/errors.ts'
import { type Felt, parseFelt } from '../../../domain/felt.ts'
import { publicKeyOf } from './stark-signature.ts'

/** `operator` owns the game's namespace; `predeployed` are Katana's other default accounts. */
export type AccountRole = 'operator' | 'predeployed' | 'bot'

export type SandboxAccount = Readonly<{
  address: Felt
  publicKey: Felt
  privateKey: Felt
  role: AccountRole
}>

/**
 * The class of Katana's default accounts; their addresses follow from it, the salt and the public
 * key.
 */
export const ACCOUNT_CLASS_HASH: Felt =
  '0x7dc7899aa655b0aae51eadff6d801a58e97dd99cf4666ee59e704249e51adf2'
const ACCOUNT_SALT: Felt = '0x29a'

/** An address costs about 5 ms to derive. */
const BOT_ACCOUNTS_MAX = 2_000

const KATANA_PRIVATE_KEYS: readonly Felt[] = [
  '0xc5b2fcab997346f3ea1c00b002ecf6f382c5f9c9659a3894eb783c5320f912',
  '0x1c9053c053edf324aec366a34c6901b1095b07af69495bffec7d7fe21effb1b',
  '0x14d6672dcb4b77ca36a887e9a11cd9d637d5012468175829e9c6e770c61642',
  '0x1800000000300000180000000000030000000000003006001800006600',
  '0x2bbf4f9fd0bbb2e60b0316c1fe0b76cf7a4d0198bd493ced9b8df2a3a24d68a',
  '0x6bf3604bcb41fed6c42bcca5436eeb65083a982ff65db0dc123f65358008b51',
]

const accountOf = (privateKey: Felt, role: AccountRole): SandboxAccount => {
  const publicKey = publicKeyOf(privateKey)
  const address = parseFelt(
    hash.calculateContractAddressFromHash(ACCOUNT_SALT, ACCOUNT_CLASS_HASH, [publicKey], 0),
  )
  if (address === null)
    throw new FatalError('starknet.js derived an account address that is no felt')
  return { address, publicKey, privateKey, role }
}

/** Uniform in [1, n) except for a bias of 2^-4, which does no harm: the keys are not secret. */
const botPrivateKey = (seed: Felt, index: number): Felt => {
  const digest = createHash('sha256').update(`chronohex bot account ${seed} ${index}`).digest('hex')
  return `0x${((BigInt(`0x${digest}`) % (ec.starkCurve.CURVE.n - 1n)) + 1n).toString(16)}`
}

/**
 * All accounts of a sandbox: the operator first, then Katana's others, then the bots'. The same
 * seed, the same bots.
 */
export const sandboxAccounts = (
  seed: Felt,
  botAccounts: number,
): readonly [SandboxAccount, ...SandboxAccount[]] => {
  if (!Number.isSafeInteger(botAccounts) || botAccounts < 0 || botAccounts > BOT_ACCOUNTS_MAX) {
    throw new FatalError(
      `A sandbox can have 0 to ${BOT_ACCOUNTS_MAX} bot accounts, not ${botAccounts}.`,
    )
  }
  const [operatorKey, ...otherKeys] = KATANA_PRIVATE_KEYS
  return [
    accountOf(operatorKey as Felt, 'operator'), // the table above is not empty
    ...otherKeys.map((key) => accountOf(key, 'predeployed')),
    ...Array.from({ length: botAccounts }, (_, index) =>
      accountOf(botPrivateKey(seed, index), 'bot'),
    ),
  ]
}
