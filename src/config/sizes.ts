// Sizes as people write them, in bytes inside.

const UNITS_BYTES: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }

/** A size: `'512B'`, `'64KB'`, `'64MB'`, `'1GB'` (powers of 1,024), or a number of bytes. */
export type Size = number | `${number}${'B' | 'KB' | 'MB' | 'GB'}`

/** What messages say is expected. */
export const SIZE_FORM = "a size such as '64KB', '64MB' or '1GB', or bytes, 1 or more"

/** The whole bytes of a size, or undefined where the value is none. */
export function readSize(value: unknown): number | undefined {
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(B|KB|MB|GB)$/.exec(value) : null
  const bytes =
    typeof value === 'number' ? value : Number(match?.[1]) * (UNITS_BYTES[match?.[2] ?? ''] ?? Number.NaN)
  return Number.isFinite(bytes) && bytes >= 1 ? Math.floor(bytes) : undefined
}
