export const BASE: string;
export const LAST: string;
export function writeBook(directory: string): void;
