import { expect, it } from 'vitest'
import { uuidV5 } from './uuid.ts'

const DNS_NAMESPACE = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'

it('gives the UUIDs that RFC 9562 and Python document for names in the DNS namespace', () => {
  expect(uuidV5(DNS_NAMESPACE, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
  expect(uuidV5(DNS_NAMESPACE, 'python.org')).toBe('886313e1-3b8a-5372-9b90-0c9aee199e5d')
})

it('tells names and namespaces apart', () => {
  const other = uuidV5(DNS_NAMESPACE, 'other')
  expect(uuidV5(other, 'python.org')).not.toBe(uuidV5(DNS_NAMESPACE, 'python.org'))
  expect(uuidV5(DNS_NAMESPACE, 'python.orh')).not.toBe(uuidV5(DNS_NAMESPACE, 'python.org'))
})
