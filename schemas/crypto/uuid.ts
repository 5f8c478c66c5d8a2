import { hash } from 'node:crypto'

/**
 * UUID version 5 (RFC 9562 §5.5): the same namespace and name always give the same id, in canonical
 * lower-case spelling. `namespace` is a UUID itself.
 */
export const uuidV5 = (namespace: string, name: string): string => {
  const bytes = Buffer.concat([
    Buffer.from(namespace.replaceAll('-', ''), 'hex'),
    Buffer.from(name),
  ])
  const digest = hash('sha1', bytes, 'hex')
  // Version 5 in the upper half of byte 6, the RFC's variant (binary 10) in the upper bits of byte
  // 8.
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16)
  const groups = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `5${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ]
  return groups.join('-')
}
