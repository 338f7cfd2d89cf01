//! `junoscope simulate`.
