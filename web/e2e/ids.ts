/** A tracking number for each scene: readable, and different every time. */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The readable id at or after `number`. */
export function idOf(number: number): string {
  let value = number;
  while (value % 37 >= ALPHABET.length) value += 1;
  let symbols = "";
  for (let rest = value, count = 0; count < 8; count += 1, rest = Math.floor(rest / 32)) {
    symbols = ALPHABET[rest % 32] + symbols;
  }
  return symbols + ALPHABET[value % 37];
}
