/** The big-endian unsigned integer of `size` (1–4) bytes at `at`; bytes behind the end count as 0. */
export function unsigned(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i += 1) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

/**
 * Whether the big-endian unsigned integer of `size` (1–4) bytes at `at` can still come to lie within `min`..`max`,
 * both included, once its missing bytes arrive. Exact when none is missing; once false it stays false.
 */
export function mayLieWithin(bytes: Uint8Array, at: number, size: number, min: number, max: number): boolean {
  const least = unsigned(bytes, at, size);
  const missing = Math.min(size, Math.max(0, at + size - bytes.length));
  return least <= max && least + 256 ** missing - 1 >= min;
}

/** Whether the integer at `at` can still come to be exactly `value`. */
export function mayEqual(bytes: Uint8Array, at: number, size: number, value: number): boolean {
  return mayLieWithin(bytes, at, size, value, value);
}
