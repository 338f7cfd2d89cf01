//! The frame of every page: document, navigation, routes.
