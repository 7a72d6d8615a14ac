/** A picture, and whether this machine had a font for its text. */
export interface Picture {
  readonly png: Uint8Array;
  readonly hasText: boolean;
}

/** Draws an SVG at twice its size, for screens and print. The library is loaded when it is used. */
export async function pngOf(svg: string): Promise<Picture> {
  const { Resvg } = await import('@resvg/resvg-js');
  const options = {
    fitTo: { mode: 'zoom' as const, value: 2 },
    font: { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans' },
  };
  const probe = '<svg xmlns="http://www.w3.org/2000/svg"><text y="20">100</text></svg>';
  const hasText = new Resvg(probe, options).getBBox() !== undefined;
  return { png: new Resvg(svg, options).render().asPng(), hasText };
}
