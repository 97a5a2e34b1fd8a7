import type { Font } from 'fontkit';

/** What pdfkit 0.20 takes and its types, which are of 0.17, do not know yet. */
declare global {
  namespace PDFKit.Mixins {
    interface PDFFont {
      registerFont(name: string, font: Font): this;
    }
    interface PDFAttachmentOptions {
      relationship?: 'Source' | 'Data' | 'Alternative' | 'Supplement' | 'Unspecified';
    }
    interface StructureElementOptions {
      scope?: 'Row' | 'Column' | 'Both';
    }
  }
}
