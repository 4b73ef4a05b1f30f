/** Tracking numbers as people type and speak them; the same reading as the city's own. */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SYMBOLS = 9;
const MODULUS = 37;

/** The id meant by `text` (case, dashes, blanks, O for 0, I or L for 1), or null. */
export function readRequestId(text: string): string | null {
  const tidy = text
    .trim()
    .toUpperCase()
    .replace(/[IL]/g, "1")
    .replace(/O/g, "0")
    .replace(/[- ]/g, "");
  const values = Array.from(tidy, (symbol) => ALPHABET.indexOf(symbol));
  if (values.length !== SYMBOLS || values.includes(-1)) return null;
  const check = values.pop();
  // 40 bits: far below where numbers lose their last digit.
  const value = values.reduce((sum, digit) => sum * ALPHABET.length + digit, 0);
  return value % MODULUS === check ? tidy : null;
}
